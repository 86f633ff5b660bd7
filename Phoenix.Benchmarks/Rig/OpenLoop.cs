using System.Diagnostics;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// Operations begin at their appointed times whatever the answers take, and latency counts from the appointed time: a stall delays nobody's appointment, so
/// everyone whom it made wait is counted (no coordinated omission). What the pacing itself is late by, up to a millisecond or two, counts too.
/// </summary>
internal static class OpenLoop
{
    public static async Task RunAsync(Loop loop, double rate, TimeSpan duration, int callers, Func<int, Task> operation)
    {
        var recording = new List<Task>((int)(rate * duration.TotalSeconds) + 1);
        var between = Stopwatch.Frequency / rate;
        var total = (long)(rate * duration.TotalSeconds);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pacing = new Thread(() =>
        {
            try
            {
                var started = Stopwatch.GetTimestamp();
                for (var number = 0L; number < total;)
                {
                    var appointed = started + (long)(number * between);
                    if (Stopwatch.GetTimestamp() < appointed)
                    {
                        // A thread of its own sleeps to within a tenth of a millisecond; a timer of the busy pool does not.
                        Thread.Sleep(1);
                        continue;
                    }

                    recording.Add(loop.RecordAsync(operation((int)(number++ % callers)), appointed));
                }

                begun.SetResult();
            }
            catch (Exception exception)
            {
                begun.SetException(exception);
            }
        }) { IsBackground = true, Name = "pacing" };
        pacing.Start();
        await begun.Task;
        await Task.WhenAll(recording);
    }
}
