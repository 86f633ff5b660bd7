using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// What grain callers may have waiting on one silo. Past the limit they are told to come again instead of waiting ever longer: work that
/// is taken keeps a bounded latency and throughput stays what it was. Kafka's records do not count: they wait in their topics. Nor do
/// steps and timers: they are bounded where they come from.
/// </summary>
internal sealed class Admission(AdmissionLimits limits, TimeProvider time)
{
    private readonly Pace _pace = new(time);
    private long _count;
    private long _bytes;

    /// <summary>Takes one more, to be paired with <see cref="Leave"/>.</summary>
    /// <exception cref="BusyException">Too many are waiting, here or at the same aggregate.</exception>
    public void Enter(string streamId, int waitingThere, int bytes)
    {
        if (waitingThere >= limits.CountOfOne)
            throw new BusyException($"{waitingThere} commands already wait at '{streamId}' (Phoenix:Aggregates:MaxInFlightPerAggregate).", _pace.RetryAfter(waitingThere));
        var count = Interlocked.Increment(ref _count);
        var total = Interlocked.Add(ref _bytes, bytes);
        // One is always taken, however large, or it never would be.
        if (count <= limits.Count && (total <= limits.Bytes || count == 1)) return;
        Forget(bytes);
        throw new BusyException($"{count - 1} commands of {total - bytes} bytes already wait on this silo (Phoenix:Aggregates:MaxInFlight, MaxInFlightBytes).", _pace.RetryAfter(count));
    }

    /// <summary>One is answered.</summary>
    public void Leave(int bytes)
    {
        Forget(bytes);
        _pace.Done();
    }

    private void Forget(int bytes)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
