using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// The cache of one partition: a queue for each stream. A record leaves when its delivery is done, and only then. Used by the
/// partition's pulling agent alone, so nothing here is locked.
/// </summary>
internal sealed class KeyedQueueCache(IPartitionProgress progress, int maxBatchRecords, int maxBatchBytes) : IQueueCache
{
    private readonly Dictionary<StreamId, StreamQueue> queues = [];
    private long sequence;

    /// <summary>Streams that have undelivered records or a subscriber.</summary>
    public int StreamCount => queues.Count;

    // The intake bounds what is undecided before it hands records out. A limit here of 0 or less would end the pump for ever,
    // and IsUnderPressure makes the agent log a line at every tick.
    public int GetMaxAddCount() => QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        foreach (var container in messages)
        {
            // A record that is already here was offered again to wake its stream up.
            if (container is CachedRecord { Sequence: 0 } record)
            {
                record.Sequence = ++sequence;
                QueueOf(record.StreamId).Append(record);
            }
        }
    }

    // Records leave at the moment they are done, not at the agent's purge.
    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    // The token is of no interest: whoever reads a stream begins at its oldest record that is not done.
    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        var queue = QueueOf(streamId);
        var cursor = new StreamCursor(this, queue, maxBatchRecords, maxBatchBytes);
        queue.Attach(cursor);
        return cursor;
    }

    /// <summary>
    /// The oldest record of each stream that has records and no delivery under way, and how many of these have no subscriber at all.
    /// </summary>
    public (List<IBatchContainer> Heads, int WithoutSubscriber) Stalled()
    {
        var heads = new List<IBatchContainer>();
        var withoutSubscriber = 0;
        foreach (var queue in queues.Values)
        {
            if (queue.Head is not { } head || queue.IsDelivering)
                continue;
            heads.Add(head);
            if (!queue.HasCursors)
                withoutSubscriber++;
        }
        return (heads, withoutSubscriber);
    }

    internal void RemoveDelivered(StreamQueue queue)
    {
        var (first, count) = queue.RemoveDelivered();
        if (count > 0)
        {
            progress.Completed(first!, count);
            queue.Unlink(first!, count);
        }
        Forget(queue);
    }

    internal IPartitionProgress Progress => progress;

    internal void Close(StreamCursor cursor)
    {
        progress.Closed(cursor);
        cursor.Queue.Detach(cursor);
        if (cursor.Queue.HasCursors)
            RemoveDelivered(cursor.Queue);
        else
            Forget(cursor.Queue);
    }

    private void Forget(StreamQueue queue)
    {
        // A cursor that outlived its queue must not take the stream's next queue away.
        if (!queue.IsIdle || !queues.TryGetValue(queue.StreamId, out var known) || !ReferenceEquals(known, queue))
            return;
        queues.Remove(queue.StreamId);
        // The room that very many keys took at once is not kept for ever.
        if (queues.Count == 0)
            queues.TrimExcess();
    }

    private StreamQueue QueueOf(StreamId streamId)
    {
        if (!queues.TryGetValue(streamId, out var queue))
            queues.Add(streamId, queue = new StreamQueue(streamId));
        return queue;
    }
}
