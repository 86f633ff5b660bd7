using System.Text;
using Confluent.Kafka;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// One partition between the consumer's thread, which puts records in, and the pulling agent, which takes them out and reports them
/// done. It knows the undecided records, hence the position to commit and when to pause.
/// </summary>
internal sealed class PartitionIntake(TopicPartition partition, KafkaTopic topic, KafkaStreamOptions options, IntakeBudget budget, TimeProvider time) : IPartitionProgress
{
    private readonly Lock gate = new();
    private readonly byte[] streamNamespace = Encoding.UTF8.GetBytes(topic.StreamNamespace);

    // All below are guarded by the gate.
    private List<IBatchContainer> arrived = [];
    private TaskCompletionSource? waiting;
    private OffsetTracker? tracker;
    private string incarnation = "";
    private long endAtTakeOver;
    private long undecidedBytes;
    private long undecided;
    private long stored = -1;
    private int deliveries;
    private TaskCompletionSource? drained;
    private bool closed;

    public TopicPartition Partition { get; } = partition;

    public KafkaTopic Topic { get; } = topic;

    public Complaints Complaints { get; } = new(time);

    /// <summary>Whether the consumer holds the partition paused; written by its thread.</summary>
    public volatile bool Paused;

    public long LostRecords;

    public long CommittedOffset = -1;

    private long lastVisit;

    /// <summary>When the agent last came for records.</summary>
    public DateTimeOffset? LastVisit => Volatile.Read(ref lastVisit) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public bool IsFull
    {
        get
        {
            lock (gate)
                return undecided >= options.MaxUndecidedPerPartition || undecidedBytes >= options.MaxUndecidedBytesPerPartition || budget.IsOver(undecided, undecidedBytes);
        }
    }

    /// <summary>Whether a paused partition may be read again: well below the limit, so that pausing stays rare.</summary>
    public bool HasRoom
    {
        get
        {
            lock (gate)
            {
                return undecided <= options.MaxUndecidedPerPartition / 2 && undecidedBytes <= options.MaxUndecidedBytesPerPartition / 2
                    && budget.HasRoom(undecided, undecidedBytes);
            }
        }
    }

    public (long Undecided, long? Done) Progress
    {
        get
        {
            lock (gate)
                return (undecided, tracker?.Prefix);
        }
    }

    /// <summary>Begins a life of the partition: what was read before no longer moves its position.</summary>
    public void Begin(long offset, long end, string topicIncarnation)
    {
        lock (gate)
        {
            tracker = new OffsetTracker(offset);
            endAtTakeOver = end;
            incarnation = topicIncarnation;
            stored = offset;
        }
    }

    /// <summary>Takes a record in. False: it does not belong (closed, or seen already). A refusal is to be put aside and then <see cref="PutAside"/>.</summary>
    public bool Accept(ConsumeResult<byte[]?, byte[]?> consumed, out CachedRecord? refused, out DeadLetterReason? reason)
    {
        refused = null;
        var offset = consumed.Offset.Value;
        var key = consumed.Message.Key;
        reason = Refuse(key, consumed.Message.Value);
        lock (gate)
        {
            // After a pause the client may repeat records that it had fetched ahead.
            if (closed || tracker is null || offset < tracker.End)
                return false;

            var message = CloudEventCodec.Decode(consumed, incarnation, mayBeRedelivered: offset < endAtTakeOver);
            var record = new CachedRecord(reason is null ? StreamId.Create(streamNamespace, key) : default, message, tracker);
            tracker.Add(offset);
            undecided++;
            undecidedBytes += record.Bytes;
            budget.Add(1, record.Bytes);
            if (reason is not null)
            {
                refused = record;
                return true;
            }
            arrived.Add(record);
            return true;
        }
    }

    /// <summary>Tells the agent of the records that were taken in.</summary>
    public void Wake()
    {
        lock (gate)
            WakeLocked();
    }

    /// <summary>Waits until records are there or the long poll ends.</summary>
    public async Task<IList<IBatchContainer>> TakeAsync(int max, CancellationToken cancellationToken)
    {
        Volatile.Write(ref lastVisit, time.GetUtcNow().Ticks);
        Task arrival;
        lock (gate)
        {
            if (arrived.Count > 0 || closed)
                return Take(max);
            waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = waiting.Task;
        }
        try
        {
            await arrival.WaitAsync(options.LongPoll, time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return [];
        }
        lock (gate)
            return Take(max);
    }

    public void Completed(CachedRecord first, int count)
    {
        lock (gate)
        {
            for (var record = first; count > 0; record = record.Next!, count--)
                Done(record);
        }
    }

    /// <summary>Notes that a refused record's dead letter is acknowledged.</summary>
    public void PutAside(CachedRecord record)
    {
        lock (gate)
            Done(record);
    }

    public void Closed(StreamCursor cursor) => Complaints.Clear(cursor);

    public void DeliveryBegins()
    {
        lock (gate)
            deliveries++;
    }

    public void DeliveryEnds(StreamCursor cursor, KafkaBatch batch, Exception? failure)
    {
        if (failure is null)
        {
            KafkaInstruments.Delivered.Add(batch.Count);
            Complaints.Clear(cursor);
        }
        else
        {
            KafkaInstruments.FailedDeliveries.Add(1);
            Complaints.Raise(cursor, $"deliveries fail and are repeated ({failure.GetType().Name})", $"delivery to key '{batch.Messages[0].Key}' fails and is repeated: {failure.GetType().Name}: {failure.Message}");
        }
        lock (gate)
        {
            if (--deliveries == 0)
                drained?.TrySetResult();
        }
    }

    /// <summary>Whether nothing is taken in any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate)
                return closed;
        }
    }

    /// <summary>Takes nothing in any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (!closed)
            {
                // What is not done by now may never be reported done.
                budget.Add(-undecided, -undecidedBytes);
                budget.Leave();
            }
            closed = true;
            arrived.Clear();
            WakeLocked();
        }
    }

    /// <summary>Completes when no delivery call is under way.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            if (deliveries == 0)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    /// <summary>The position to commit if it moved since the last call.</summary>
    public long? PositionToStore()
    {
        lock (gate)
        {
            if (tracker is null || tracker.Prefix == stored)
                return null;
            return stored = tracker.Prefix;
        }
    }

    private DeadLetterReason? Refuse(byte[]? key, byte[]? value)
    {
        if (RecordKey.Refuse(key, key is not null) is { } refusal)
            return new(DeadLetterReason.Unroutable, refusal);
        return value?.Length > options.MaxMessageBytes
            ? new(DeadLetterReason.TooLarge, $"the body has {value.Length} bytes; at most {options.MaxMessageBytes} are allowed")
            : null;
    }

    private List<IBatchContainer> Take(int max)
    {
        if (max > 0 && arrived.Count > max)
        {
            var some = arrived.GetRange(0, max);
            arrived.RemoveRange(0, max);
            return some;
        }
        var all = arrived;
        arrived = [];
        return all;
    }

    private void Done(CachedRecord record)
    {
        undecided--;
        undecidedBytes -= record.Bytes;
        if (!closed)
            budget.Add(-1, -record.Bytes);
        record.Tracker.Done(record.Offset);
    }

    private void WakeLocked()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
