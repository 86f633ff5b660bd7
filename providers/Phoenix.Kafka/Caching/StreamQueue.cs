
namespace Phoenix.Kafka;

/// <summary>The records of one stream that are not done, oldest first, and the cursors that read them.</summary>
internal sealed class StreamQueue(StreamId streamId)
{
    private readonly List<StreamCursor> cursors = new(1);
    private CachedRecord? tail;
    private CachedRecord? lastOut;

    public StreamId StreamId { get; } = streamId;

    /// <summary>Oldest record that has not left, or <see langword="null"/>.</summary>
    public CachedRecord? Head { get; private set; }

    public bool HasCursors => cursors.Count > 0;

    /// <summary>Whether some subscriber has a batch out.</summary>
    public bool IsDelivering => cursors.Exists(static cursor => cursor.IsDelivering);

    /// <summary>Whether nothing refers to this queue any more.</summary>
    public bool IsIdle => Head is null && cursors.Count == 0;

    public void Append(CachedRecord record)
    {
        if (tail is not null)
            tail.Next = record;
        tail = record;
        Head ??= record;
    }

    public void Attach(StreamCursor cursor) => cursors.Add(cursor);

    public void Detach(StreamCursor cursor) => cursors.Remove(cursor);

    /// <summary>Takes out the oldest records that some subscriber has and that no cursor still has to deliver.</summary>
    /// <returns>The first of them and how many, linked by <see cref="CachedRecord.Next"/>.</returns>
    public (CachedRecord? First, int Count) RemoveDelivered()
    {
        var upTo = long.MaxValue;
        foreach (var cursor in cursors)
            upTo = Math.Min(upTo, cursor.AcknowledgedSequence);

        var first = Head;
        var count = 0;
        while (Head is { Delivered: true } record && record.Sequence <= upTo)
        {
            Head = record.Next;
            // A refused one is still to be put aside.
            if (record.Refusal is null)
                record.Release();
            count++;
        }
        return (first, count);
    }

    /// <summary>
    /// Unlinks records that <see cref="RemoveDelivered"/> gave out, all but the last: cursors stand on that one until they move on. A
    /// record that outlived a garbage collection would otherwise keep every later one of its stream alive until a full one.
    /// </summary>
    public void Unlink(CachedRecord first, int count)
    {
        if (lastOut is not null)
            lastOut.Next = null;
        for (; count > 1; count--)
        {
            var next = first.Next!;
            first.Next = null;
            first = next;
        }
        lastOut = first;
    }
}
