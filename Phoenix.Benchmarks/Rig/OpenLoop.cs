using System.Diagnostics;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// Operations begin at their appointed times whatever the answers take, and latency counts from the appointed time: a stall delays nobody's
/// appointment, so everyone whom it made wait is counted (no coordinated omission). What the pacing itself is late by, up to a millisecond
/// or two, counts too. A lead-in at the same rate is not counted: everything was idle before it, and after the checkpoint before a round
/// PostgreSQL logs each page once as a whole.
/// </summary>
internal static class OpenLoop
{
    /// <summary>What is not counted at the begin.</summary>
    public static readonly TimeSpan LeadIn = TimeSpan.FromSeconds(2);

    /// <summary>How long a load goes on behind what is measured by somebody else, so that the end is seen.</summary>
    public static readonly TimeSpan Tail = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Loop loop, double rate, TimeSpan duration, int callers, Func<int, Task> operation)
    {
        var between = Stopwatch.Frequency / rate;
        var uncounted = (long)(rate * LeadIn.TotalSeconds);
        var total = uncounted + (long)(rate * duration.TotalSeconds);
        var underWay = total;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
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

                    _ = RecordAsync(operation((int)(number % callers)), isTimed: number >= uncounted, appointed);
                    number++;
                }
            }
            catch (Exception exception)
            {
                ended.SetException(exception);
            }
        }) { IsBackground = true, Name = "pacing" };
        pacing.Start();
        await ended.Task;

        async Task RecordAsync(Task work, bool isTimed, long appointed)
        {
            await loop.RecordAsync(work, appointed, isTimed);
            if (Interlocked.Decrement(ref underWay) == 0) ended.SetResult();
        }
    }
}
