namespace Phoenix.Kafka;

/// <summary>
/// Records that wait until the broker has been asked whether the topic is still the one that is being read: those whose identity depends on
/// it, and those behind them, which keep their order. A record with an id of its own does not wait: to whichever life it belongs, it has
/// one effect; unless what it is converted to gets its identity from its place. Guarded by its intake.
/// </summary>
internal sealed class HeldRecords(bool identifiesByPlace)
{
    private readonly Queue<(CachedRecord Record, DeadLetterReason? Reason)> records = [];

    public bool IsEmpty => records.Count == 0;

    /// <summary>Whether a record waits.</summary>
    public bool MustHold(CachedRecord record, DeadLetterReason? reason, PartitionLife life) =>
        records.Count > 0 || (life.IsTold && (reason is not null || identifiesByPlace || !record.Message!.HasId));

    public void Add(CachedRecord record, DeadLetterReason? reason) => records.Enqueue((record, reason));

    /// <summary>Takes out those below an offset, in order.</summary>
    public IEnumerable<(CachedRecord Record, DeadLetterReason? Reason)> Take(long below)
    {
        while (records.TryPeek(out var next) && next.Record.Offset < below)
            yield return records.Dequeue();
    }

    /// <summary>Takes out all of them.</summary>
    public IReadOnlyList<(CachedRecord Record, DeadLetterReason? Reason)> Clear()
    {
        var all = records.ToArray();
        records.Clear();
        return all;
    }
}
