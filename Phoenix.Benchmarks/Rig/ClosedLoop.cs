using System.Diagnostics;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// So many callers, each begins an operation when its last one is answered: finds the rate at which the system is saturated.
/// </summary>
internal static class ClosedLoop
{
    public static Task RunAsync(Loop loop, TimeSpan duration, int callers, Func<int, Task> operation)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                // A caller that fails stops: a measurement with failures is none, and a hot loop of errors tells nothing.
                if (!await loop.RecordAsync(operation(caller), Stopwatch.GetTimestamp())) return;
            }
        })));
    }
}
