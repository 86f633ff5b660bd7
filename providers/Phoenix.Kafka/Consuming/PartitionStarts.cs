using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Begins the lives of partitions: when a silo takes one over, and again when its topic was made anew or its log was lost. Of a partition
/// one beginning goes on at a time, and it tries until it succeeds or the partition is given up.
/// </summary>
internal sealed class PartitionStarts(
    NativeClient<IConsumer<byte[]?, byte[]?>> consumer,
    PartitionAssignment assignment,
    KafkaTopics admin,
    FirstStarts firstStarts,
    SemaphoreSlim requests,
    KafkaStreamOptions options,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Begins to read a partition, at its committed position.</summary>
    public Task TakeOverAsync(PartitionIntake intake, CancellationToken cancellationToken) => BeginAsync(intake, null, null, cancellationToken);

    /// <summary>
    /// The topic is another one than that of a life: another begins, at the position that was committed in it or at the start. Any number
    /// of observers may say so.
    /// </summary>
    public void TopicChanged(PartitionIntake intake, PartitionLife ended) => _ = BeginAsync(intake, ended, null, stopping);

    /// <summary>
    /// The log of a life does not have its position: another begins at the oldest record. Any number of observers may say so.
    /// </summary>
    /// <param name="intake">The partition.</param>
    /// <param name="ended">The life.</param>
    /// <param name="finding">What was found.</param>
    public void LogLost(PartitionIntake intake, PartitionLife ended, string finding) => _ = BeginAsync(intake, ended, finding, stopping);

    private async Task BeginAsync(PartitionIntake intake, PartitionLife? ended, string? loss, CancellationToken cancellationToken)
    {
        // Who begins it already will see what was found here, or it will be found again.
        if (!intake.Starting.Wait(0, CancellationToken.None))
            return;
        try
        {
            if (!ReferenceEquals(intake.Life, ended))
                return;
            if (ended is not null)
                await assignment.SuspendAsync(intake);
            await PersistAsync(intake, () => TryAsync(intake, ended, loss), cancellationToken);
        }
        finally
        {
            intake.Starting.Release();
        }
    }

    private async Task TryAsync(PartitionIntake intake, PartitionLife? ended, string? loss)
    {
        var (topic, number) = (intake.Partition.Topic, intake.Partition.Partition.Value);
        var before = await FindAsync(topic, number);
        var (committed, log) = await Task.Run(() => consumer.Use(native => (
            native.Committed([intake.Partition], RequestTimeout)[0], native.QueryWatermarkOffsets(intake.Partition, RequestTimeout))), stopping);
        if (committed.Offset.IsSpecial && ended is null && loss is null
            && await firstStarts.FindAsync(intake.Topic, before, intake.Partition).WaitAsync(stopping) is { Offset.IsSpecial: false } first)
            committed = first;
        if ((await FindAsync(topic, number)).Incarnation != before.Incarnation)
            throw new NotReadableException($"topic '{topic}' was made again just now");

        var (low, end) = (log.Low.Value, log.High.Value);
        var start = StartPosition.Decide(
            committed.Offset.IsSpecial || loss is not null ? null : committed.Offset.Value, committed.LeaderEpoch, PartitionLife.Mark(before), low, end);
        if (loss is not null)
            start = new(low, loss, ended?.Incarnation == before.Incarnation && intake.Progress.Done is { } done && done < low ? low - done : 0);
        else if (ended is not null && ended.Incarnation != before.Incarnation && start.Loss is null)
            start = start with { Loss = $"the topic was recreated (its id is now {before.Incarnation}); reading starts at {start.Offset}" };
        if (!await assignment.AddAsync(intake, new PartitionLife(before, start.Offset, end), start.Offset))
            return;
        ReaderLog.TakenOver(logger, topic, number, start.Offset, end);
        Tell(intake, start);
    }

    private void Tell(PartitionIntake intake, StartPosition start)
    {
        if (start.Loss is null)
            return;
        Interlocked.Add(ref intake.LostRecords, start.LostRecords);
        KafkaInstruments.Lost.Add(start.LostRecords, new KeyValuePair<string, object?>("topic", intake.Partition.Topic));
        ReaderLog.Loss(logger, intake.Partition.Topic, intake.Partition.Partition.Value, start.Loss);
    }

    private async Task<TopicDescription> FindAsync(string topic, int partition) => await admin.DescribeAsync(topic) switch
    {
        null => throw new NotReadableException($"topic '{topic}' does not exist; create it again"),
        { } found when partition >= found.Partitions => throw new NotReadableException(
            $"topic '{topic}' has {found.Partitions} partitions and no partition {partition}; restart the silos if that is to stay"),
        { } found => found,
    };

    private async Task PersistAsync(PartitionIntake intake, Func<Task> action, CancellationToken cancellationToken)
    {
        var backoff = new RetryBackoff(options.RetryDelay, options.MaxRetryDelay);
        for (var attempt = 0; !intake.IsClosed; attempt++)
        {
            await requests.WaitAsync(cancellationToken);
            try
            {
                await action();
                intake.Complaints.Clear(nameof(TakeOverAsync));
                return;
            }
            catch (NotReadableException error)
            {
                Complain(intake, error.Message, error.Message);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                var kind = error is KafkaException { Error: var code } ? code.Code.ToString() : error.GetType().Name;
                Complain(intake, $"the partition cannot be taken over ({kind})", $"the partition cannot be taken over: {error.Message}; check the broker");
            }
            finally
            {
                requests.Release();
            }
            await Task.Delay(backoff.Next(attempt), time, cancellationToken);
        }
    }

    private void Complain(PartitionIntake intake, string summary, string reason)
    {
        intake.Complaints.Raise(nameof(TakeOverAsync), summary, reason);
        ReaderLog.TakeOverFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, reason);
    }

    /// <summary>There is nothing to read at present.</summary>
    private sealed class NotReadableException(string message) : Exception(message);
}
