using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// One subscriber's place in one stream. Asking for the next batch acknowledges the one before, unless its failure was recorded:
/// then the same records come again.
/// </summary>
internal sealed class StreamCursor(KeyedQueueCache cache, StreamQueue queue, int maxBatchRecords, int maxBatchBytes) : IQueueCacheCursor
{
    private CachedRecord? acknowledged;
    private CachedRecord? firstOfCurrent;
    private CachedRecord? lastOfCurrent;
    private KafkaBatch? current;
    private bool disposed;

    public StreamQueue Queue { get; } = queue;

    /// <summary>Everything up to this sequence is delivered to this subscriber; 0 before the first delivery.</summary>
    public long AcknowledgedSequence => acknowledged?.Sequence ?? 0;

    /// <summary>Whether a batch is out.</summary>
    public bool IsDelivering => current is not null;

    /// <summary>Where to report the outcome of delivery calls.</summary>
    public IPartitionProgress Progress => cache.Progress;

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return current;
    }

    public bool MoveNext()
    {
        if (current is not null)
            Acknowledge(current);
        if (disposed)
            return false;

        current = NextBatch();
        return current is not null;
    }

    /// <summary>Notes that a batch was delivered; ignored unless it is the current one.</summary>
    public void Acknowledge(KafkaBatch batch)
    {
        if (!ReferenceEquals(batch, current))
            return;
        for (var record = firstOfCurrent!; ; record = record.Next!)
        {
            record.Delivered = true;
            if (ReferenceEquals(record, lastOfCurrent))
                break;
        }
        acknowledged = lastOfCurrent;
        firstOfCurrent = lastOfCurrent = null;
        current = null;
        cache.RemoveDelivered(Queue);
    }

    /// <summary>Notes which messages of a batch their subscriber refused; ignored unless it is the current one.</summary>
    public void Refuse(KafkaBatch batch, IReadOnlyList<RefusedMessage> refusals)
    {
        if (!ReferenceEquals(batch, current))
            return;
        var place = 0;
        for (var record = firstOfCurrent!; ; record = record.Next!)
        {
            foreach (var refusal in refusals)
            {
                if (refusal.Place == place)
                    record.Refusal = refusal.Reason;
            }
            if (ReferenceEquals(record, lastOfCurrent))
                return;
            place++;
        }
    }

    public void RecordDeliveryFailure() => current = null;

    // Records are found through the queue's links; nothing has to be told where new ones are.
    public void Refresh(StreamSequenceToken token)
    {
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        cache.Close(this);
    }

    private KafkaBatch? NextBatch()
    {
        var record = acknowledged is null ? Queue.Head : acknowledged.Next;
        if (record is null)
            return null;

        firstOfCurrent = record;
        var messages = new List<KafkaMessage>();
        long bytes = 0;
        do
        {
            messages.Add(record.Message!);
            bytes += record.Bytes;
            lastOfCurrent = record;
            record = record.Next;
        }
        while (record is not null && messages.Count < maxBatchRecords && bytes + record.Bytes <= maxBatchBytes);
        return new KafkaBatch(Queue.StreamId, [.. messages]) { Cursor = this };
    }
}
