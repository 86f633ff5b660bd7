using Confluent.Kafka;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// One partition between the consumer's thread, which puts records in, and the pulling agent, which takes them out and reports them
/// done. It knows the undecided records, hence the position to commit and when to pause.
/// </summary>
internal sealed class PartitionIntake(TopicPartition partition, KafkaTopic topic, KafkaStreamOptions options, IntakeBudget budget, TimeProvider time) : IPartitionProgress
{
    // So few that they are decided well within the time limit of a delivery, also when each has to be activated.
    private const int MostPagedMessages = 2_000;

    private readonly Lock gate = new();
    private readonly RecordReading reading = new(topic, options.MaxMessageBytes);
    private readonly DeliveriesInFlight deliveries = new();

    // All below are guarded by the gate; only closed is read without it.
    private readonly HeldRecords held = new(identifiesByPlace: topic.Converter is not null);
    private List<IBatchContainer> arrived = [];
    private TaskCompletionSource? waiting;
    private PartitionLife? life;
    private long undecidedBytes;
    private long messageBytes;
    private long undecided;
    private volatile bool closed;

    public TopicPartition Partition { get; } = partition;

    public KafkaTopic Topic { get; } = topic;

    public Complaints Complaints { get; } = new(time);

    /// <summary>Where records go that their subscribers refuse.</summary>
    public RefusedRecords? Refused { get; init; }

    /// <summary>Its beginnings, of which one goes on at a time.</summary>
    public SemaphoreSlim Starting { get; } = new(1);

    /// <summary>Whether the consumer holds the partition paused; written by its thread.</summary>
    public volatile bool Paused;

    /// <summary>Whether its topic is switched off; written by the consumer's thread.</summary>
    public volatile bool SwitchedOff;

    public long LostRecords;

    /// <summary>What the broker has confirmed, of the life that is being read; -1 while there is nothing.</summary>
    public long CommittedOffset = -1;

    private long lastVisit;

    /// <summary>When the agent last came for records.</summary>
    public DateTimeOffset? LastVisit => Volatile.Read(ref lastVisit) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The agent is at work on what it came for.</summary>
    public void Visited() => Volatile.Write(ref lastVisit, time.GetUtcNow().Ticks);

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

    /// <summary>Whether records may be converted: what they become may take many times their own room.</summary>
    public bool HasRoomForMessages
    {
        get
        {
            lock (gate)
                return messageBytes < options.MaxUndecidedBytesPerPartition;
        }
    }

    public (long Undecided, long? Done) Progress
    {
        get
        {
            lock (gate)
                return (undecided, life?.Tracker.Prefix);
        }
    }

    /// <summary>The life that is being read; <see langword="null"/> before the first.</summary>
    public PartitionLife? Life => Position?.Life;

    /// <summary>The life that is being read and the position to commit for it.</summary>
    public (PartitionLife Life, long Position)? Position
    {
        get
        {
            lock (gate)
                return life is null ? null : (life, life.Tracker.Prefix);
        }
    }

    /// <summary>Notes a position that the broker has confirmed.</summary>
    public void Committed(PartitionLife of, long position)
    {
        lock (gate)
        {
            if (ReferenceEquals(of, life))
                Volatile.Write(ref CommittedOffset, position);
        }
    }

    /// <summary>
    /// Begins a life of the partition: what was read before no longer moves its position. Called by the consumer's thread, so that no
    /// record of an earlier one comes after it.
    /// </summary>
    public void Begin(PartitionLife next)
    {
        lock (gate)
        {
            foreach (var (record, _) in held.Clear())
                Done(record);
            life = next;
            Volatile.Write(ref CommittedOffset, -1);
        }
    }

    /// <summary>
    /// Takes a record in, whatever it holds. False: it does not belong (closed, or seen already). A refusal is to be put aside and then
    /// <see cref="PutAside"/>.
    /// </summary>
    public bool Accept(ConsumeResult<byte[]?, byte[]?> consumed, out CachedRecord? refused, out DeadLetterReason? reason)
    {
        refused = null;
        reason = null;
        var offset = consumed.Offset.Value;
        lock (gate)
        {
            // After a pause the client may repeat records that it had fetched ahead.
            if (closed || life is null || offset < life.Tracker.End)
                return false;

            // Before anything that might throw: the position does not pass what nobody has.
            life.Tracker.Add(offset);
            var (record, problem) = reading.Read(consumed, life);
            undecided++;
            undecidedBytes += record.Bytes;
            budget.Add(1, record.Bytes);
            if (held.MustHold(record, problem, life))
                held.Add(record, problem);
            else if (problem is null)
                arrived.Add(record);
            else
                (refused, reason) = (record, problem);
            return true;
        }
    }

    /// <summary>Notes that the consumer has come to the end of the log.</summary>
    public void ReachedEnd(long offset)
    {
        lock (gate)
        {
            if (!closed)
                life?.Tracker.Pass(offset);
        }
    }

    /// <summary>
    /// The life whose records wait for <see cref="Confirm"/> and the offset up to which they do; <see langword="null"/> when none waits.
    /// </summary>
    public (PartitionLife Life, long Below)? Held
    {
        get
        {
            lock (gate)
                return closed || life is null || held.IsEmpty ? null : (life, life.Tracker.End);
        }
    }

    /// <summary>Lets records go whose life was confirmed after they were read, and returns those that are to be put aside.</summary>
    public IReadOnlyList<(CachedRecord Record, DeadLetterReason Reason)> Confirm(PartitionLife confirmed, long below)
    {
        lock (gate)
        {
            if (closed || !ReferenceEquals(life, confirmed))
                return [];
            var refused = new List<(CachedRecord, DeadLetterReason)>();
            foreach (var (record, reason) in held.Take(below))
            {
                if (reason is null)
                    arrived.Add(record);
                else
                    refused.Add((record, reason));
            }
            WakeLocked();
            return refused;
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
        Visited();
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
                Ended(record);
        }
    }

    /// <summary>Takes in what a record was converted to; of nothing it is done.</summary>
    public void Converted(CachedRecord record, IReadOnlyList<CachedRecord> messages)
    {
        lock (gate)
        {
            var bytes = messages.Sum(message => message.Bytes);
            record.Converted(bytes);
            undecidedBytes += bytes;
            messageBytes += bytes;
            if (!closed)
                budget.Add(0, bytes);
            if (messages.Count == 0)
                Done(record);
        }
    }

    /// <summary>Whether a page may be taken in of a record that becomes very many messages.</summary>
    public bool HasRoomForPage(ConvertedRecord origin)
    {
        lock (gate)
            return origin.Pending <= MostPagedMessages - MostPagedMessages / 4 && messageBytes < options.MaxUndecidedBytesPerPartition;
    }

    /// <summary>Takes in a page of what a record was converted to.</summary>
    public void TakenPage(ConvertedRecord origin, IReadOnlyList<CachedRecord> messages)
    {
        lock (gate)
        {
            origin.Add(messages.Count);
            AddPaged(origin, messages.Sum(message => message.Bytes));
        }
    }

    /// <summary>Notes that no more pages come.</summary>
    public void TakenLastPage(ConvertedRecord origin)
    {
        lock (gate)
        {
            if (origin.Close())
                Done(origin.Record);
        }
    }

    /// <summary>Notes that a refused record's dead letter is acknowledged, or that of one of its very many messages.</summary>
    public void PutAside(CachedRecord record)
    {
        lock (gate)
        {
            if (record.Origin is { IsPaged: true } origin)
                EndedPaged(record, origin);
            else
                Done(record);
        }
    }

    public void Closed(StreamCursor cursor) => Complaints.Clear(cursor);

    public void DeliveryBegins() => deliveries.Begin();

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
        deliveries.End();
    }

    /// <summary>Whether nothing is taken in any more.</summary>
    public bool IsClosed => closed;

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
            held.Clear();
            WakeLocked();
        }
    }

    /// <summary>Completes when no delivery call is under way.</summary>
    public Task DrainAsync() => deliveries.DrainAsync();

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

    private void Ended(CachedRecord record)
    {
        if (record.Origin is { IsPaged: true } paged)
        {
            // Its letter is one of its own: the others are not to wait for it, nor is it told for all.
            if (record.Refusal is { } refused)
                Refused!.PutAside(this, record, refused);
            else
                EndedPaged(record, paged);
            return;
        }
        if (record.Origin is { } origin && !origin.EndOne(record.Refusal))
            return;
        var whole = record.Origin?.Record ?? record;
        if ((record.Origin is null ? record.Refusal : record.Origin.Refusal) is { } reason)
            Refused!.PutAside(this, whole, reason);
        else
            Done(whole);
    }

    private void Done(CachedRecord record)
    {
        undecided--;
        undecidedBytes -= record.Bytes;
        messageBytes -= record.MessageBytes;
        if (!closed)
            budget.Add(-1, -record.Bytes);
        record.Tracker.Done(record.Offset);
    }

    private void EndedPaged(CachedRecord message, ConvertedRecord origin)
    {
        AddPaged(origin, -message.Bytes);
        if (origin.EndOne(refusal: null))
            Done(origin.Record);
    }

    private void AddPaged(ConvertedRecord origin, int bytes)
    {
        origin.Record.Paged(bytes);
        undecidedBytes += bytes;
        messageBytes += bytes;
        if (!closed)
            budget.Add(0, bytes);
    }

    private void WakeLocked()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
