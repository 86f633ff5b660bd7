namespace Phoenix.Deciding;

/// <summary>How fast what waits is done, to tell those who are refused when to come again.</summary>
internal sealed class Pace(TimeProvider time)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(10);
    private readonly long _started = time.GetTimestamp();
    private long _done;

    // What had been done about a second ago, guarded by the lock.
    private readonly Lock _gate = new();
    private Reading _earlier;

    /// <summary>One is done.</summary>
    public void Done() => Interlocked.Increment(ref _done);

    /// <summary>When, at the present pace, half of what waits will be done.</summary>
    public TimeSpan RetryAfter(long waiting)
    {
        lock (_gate)
        {
            var now = new Reading(time.GetElapsedTime(_started), Volatile.Read(ref _done));
            var seconds = (now.At - _earlier.At).TotalSeconds;
            var pace = (now.Done - _earlier.Done) / Math.Max(seconds, 0.001);
            if (seconds > 1) _earlier = now;
            var after = pace > 0 ? TimeSpan.FromSeconds(Math.Min(waiting / 2 / pace, Latest.TotalSeconds)) : Latest / 10;
            return after < Soonest ? Soonest : after;
        }
    }

    private readonly record struct Reading(TimeSpan At, long Done);
}
