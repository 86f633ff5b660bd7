namespace Phoenix.Coordination;

/// <summary>The steps of this silo's transactions that wait for an answer of another service, since when. Thread-safe.</summary>
internal sealed class StepWaits(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Transaction, string Step), (string Service, DateTimeOffset Since)> _waiting = [];

    /// <summary>A step waits; one that is asked again has waited since it was first asked.</summary>
    public void Begin(string service, string transaction, string step)
    {
        lock (_gate)
        {
            if (_waiting.TryAdd((transaction, step), (service, time.GetUtcNow()))) TransactionInstruments.Waits(service, 1);
        }
    }

    /// <summary>It has its answer, or is not asked from here any more.</summary>
    public void End(string transaction, string step)
    {
        lock (_gate)
        {
            if (_waiting.Remove((transaction, step), out var ended)) TransactionInstruments.Waits(ended.Service, -1);
        }
    }

    /// <summary>For each service how many wait, and the one that has waited for longest.</summary>
    public IReadOnlyList<StepsWaiting> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting.GroupBy(one => one.Value.Service).Select(group =>
                {
                    var oldest = group.MinBy(one => one.Value.Since);
                    return new StepsWaiting(group.Key, group.Count(), oldest.Value.Since, oldest.Key.Transaction, oldest.Key.Step);
                })];
            }
        }
    }
}

/// <summary>Steps that wait for one service.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Count">How many.</param>
/// <param name="Since">Since when the oldest waits.</param>
/// <param name="Transaction">The transaction of the oldest.</param>
/// <param name="Step">The name of the oldest.</param>
internal sealed record StepsWaiting(string Service, int Count, DateTimeOffset Since, string Transaction, string Step);
