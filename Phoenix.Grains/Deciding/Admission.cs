using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// What grain callers may have waiting on one silo. Past the limit they are told to come again instead of waiting ever longer: work that
/// is taken keeps a bounded latency and throughput stays what it was. Kafka's records do not count: they wait in their topics.
/// </summary>
internal sealed class Admission(AdmissionLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(10);
    private readonly long _started = time.GetTimestamp();
    private long _count;
    private long _bytes;
    private long _left;

    // What had been answered about a second ago, guarded by the lock.
    private readonly Lock _pace = new();
    private Reading _earlier;

    /// <summary>Takes one more, to be paired with <see cref="Leave"/>.</summary>
    /// <exception cref="BusyException">Too many are waiting, here or at the same aggregate.</exception>
    public void Enter(string streamId, int waitingThere, int bytes)
    {
        if (waitingThere >= limits.CountOfOne)
            throw new BusyException($"{waitingThere} commands already wait at '{streamId}' (Phoenix:Aggregates:MaxInFlightPerAggregate).", RetryAfter(waitingThere));
        var count = Interlocked.Increment(ref _count);
        var total = Interlocked.Add(ref _bytes, bytes);
        // One is always taken, however large, or it never would be.
        if (count <= limits.Count && (total <= limits.Bytes || count == 1)) return;
        Forget(bytes);
        throw new BusyException($"{count - 1} commands of {total - bytes} bytes already wait on this silo (Phoenix:Aggregates:MaxInFlight, MaxInFlightBytes).", RetryAfter(count));
    }

    /// <summary>One is answered.</summary>
    public void Leave(int bytes)
    {
        Forget(bytes);
        Interlocked.Increment(ref _left);
    }

    private void Forget(int bytes)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -bytes);
    }

    /// <summary>When, at the present pace, half of what waits will be answered.</summary>
    private TimeSpan RetryAfter(long waiting)
    {
        lock (_pace)
        {
            var now = new Reading(time.GetElapsedTime(_started), Volatile.Read(ref _left));
            var seconds = (now.At - _earlier.At).TotalSeconds;
            var pace = (now.Left - _earlier.Left) / Math.Max(seconds, 0.001);
            if (seconds > 1) _earlier = now;
            var after = pace > 0 ? TimeSpan.FromSeconds(Math.Min(waiting / 2 / pace, Latest.TotalSeconds)) : Latest / 10;
            return after < Soonest ? Soonest : after;
        }
    }

    private readonly record struct Reading(TimeSpan At, long Left);
}
