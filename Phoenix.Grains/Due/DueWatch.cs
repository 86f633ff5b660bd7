using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>What this silo knows of deliveries; for health and metrics.</summary>
/// <param name="Sweeping">Whether it is the one that sweeps.</param>
/// <param name="Lag">How late the latest row is that is not delivered: under way, or waiting for its next try. Zero for none; null on a
/// silo that does not sweep.</param>
/// <param name="Open">How many such rows it knows.</param>
/// <param name="Dead">Dead letters; null on a silo that does not sweep.</param>
/// <param name="Attention">Transactions that need attention; null on a silo that does not sweep.</param>
/// <param name="LastSweep">How long ago it last looked, or learned that another does.</param>
internal sealed record DueState(bool Sweeping, TimeSpan? Lag, int Open, long? Dead, long? Attention, TimeSpan LastSweep);

/// <summary>Notes what becomes of deliveries. Thread-safe.</summary>
internal sealed class DueWatch
{
    // The database's time is known here to within a round trip.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Owner, string Name), (DateTimeOffset Scheduled, DateTimeOffset Until)> _open = new();
    private readonly TimeProvider _time;
    private DateTimeOffset _now;
    private long _nowAt;
    private long _lastSweep;
    private long _dead;
    private long _attention;
    private volatile bool _sweeping;

    public DueWatch(TimeProvider time)
    {
        _time = time;
        _lastSweep = _nowAt = time.GetTimestamp();
        DueInstruments.Meter.CreateObservableGauge("phoenix.due.lag", () => _sweeping ? new[] { new Measurement<double>(State.Lag!.Value.TotalSeconds) } : [], "s",
            "How late the latest row is that is not delivered; told by the silo that sweeps.");
        DueInstruments.Meter.CreateObservableGauge("phoenix.due.dead", () => _sweeping ? new[] { new Measurement<long>(Volatile.Read(ref _dead)) } : [], "{row}",
            "Timers and sends that are dead letters; told by the silo that sweeps.");
        DueInstruments.Meter.CreateObservableGauge("phoenix.transactions.attention", () => _sweeping ? new[] { new Measurement<long>(Volatile.Read(ref _attention)) } : [],
            "{transaction}", "Transactions that need attention; told by the silo that sweeps.");
    }

    public DueState State
    {
        get
        {
            var since = _time.GetElapsedTime(Volatile.Read(ref _lastSweep));
            if (!_sweeping) return new(false, null, 0, null, null, since);
            var lag = _open.IsEmpty ? TimeSpan.Zero : Now - _open.Values.Select(open => open.Scheduled).DefaultIfEmpty(Now).Min();
            return new(true, lag > TimeSpan.Zero ? lag : TimeSpan.Zero, _open.Count, Volatile.Read(ref _dead), Volatile.Read(ref _attention), since);
        }
    }

    /// <summary>The database's time, as last heard and as time has passed since.</summary>
    public DateTimeOffset Now => _now + _time.GetElapsedTime(_nowAt);

    public void Heard(DateTimeOffset now) => (_now, _nowAt) = (now, _time.GetTimestamp());

    /// <summary>A delivery is under way.</summary>
    public void Opened(DueItem item) => _open[KeyOf(item)] = (item.Scheduled, DateTimeOffset.MaxValue);

    /// <summary>A delivery is to be tried again after a pause.</summary>
    public void PutOff(DueItem item, TimeSpan pause) => _open[KeyOf(item)] = (item.Scheduled, Now + pause);

    public void Closed(DueItem item) => _open.TryRemove(KeyOf(item), out _);

    /// <summary>
    /// All that was due at this time has been seen: what was put off until before then, and was not met, is gone by other hands.
    /// </summary>
    public void Forget(DateTimeOffset seen)
    {
        foreach (var (key, (_, until)) in _open)
        {
            if (until < seen - Doubt) _open.TryRemove(key, out _);
        }
    }

    public void Swept(bool leading)
    {
        Volatile.Write(ref _lastSweep, _time.GetTimestamp());
        if (!leading) _open.Clear();
        _sweeping = leading;
    }

    public void Counted(long dead, long attention)
    {
        Volatile.Write(ref _dead, dead);
        Volatile.Write(ref _attention, attention);
    }

    private static (string Owner, string Name) KeyOf(DueItem item) => (item.Owner, item.Reference.Name);
}
