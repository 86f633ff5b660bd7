namespace Phoenix.Kafka;

/// <summary>
/// What all partitions that a silo reads may hold undecided together. When that is used up, those that hold more than their equal share
/// pause, so that one slow topic neither fills the memory nor stops the others.
/// </summary>
internal sealed class IntakeBudget(long maxRecords, long maxBytes)
{
    private int holders;
    private long records;
    private long bytes;

    public void Join() => Interlocked.Increment(ref holders);

    public void Leave() => Interlocked.Decrement(ref holders);

    public void Add(long addedRecords, long addedBytes)
    {
        Interlocked.Add(ref records, addedRecords);
        Interlocked.Add(ref bytes, addedBytes);
    }

    /// <summary>Whether a partition that holds this much pauses.</summary>
    public bool IsOver(long heldRecords, long heldBytes) => IsOver(heldRecords, heldBytes, 1);

    /// <summary>Whether a paused partition that holds this much reads again: with some room to spare, so that pausing stays rare.</summary>
    public bool HasRoom(long heldRecords, long heldBytes) => !IsOver(heldRecords, heldBytes, 0.75);

    private bool IsOver(long heldRecords, long heldBytes, double part)
    {
        var share = part / Math.Max(1, Volatile.Read(ref holders));
        return (Volatile.Read(ref records) >= maxRecords * part && heldRecords >= maxRecords * share)
            || (Volatile.Read(ref bytes) >= maxBytes * part && heldBytes >= maxBytes * share);
    }
}
