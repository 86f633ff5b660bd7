using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Brings the partitions' positions to the broker: those that moved at each interval, all when they are taken over or given up, and each
/// daily, since a broker forgets positions that nobody commits (after 7 days by default) however long their partition is held. Each says of
/// which life of the topic it is.
/// </summary>
internal sealed class OffsetCommits(
    NativeClient<IConsumer<byte[]?, byte[]?>> consumer, ConcurrentDictionary<TopicPartition, PartitionIntake> intakes, KafkaStreamOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<PartitionIntake, (PartitionLife Life, DateTimeOffset Time)> confirmed = new();

    // The embedded broker takes the mark of a life for what its field is named after, and refuses it.
    private volatile bool marksRefused;

    /// <summary>Commits what is due at each interval, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.CommitInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await Task.Run(TryCommitDue, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>The positions of partitions that others read; 0 where there is none.</summary>
    /// <exception cref="KafkaException">They cannot be told.</exception>
    public Task<Dictionary<TopicPartition, long>> PositionsAsync(IEnumerable<TopicPartition> partitions) => Task.Run(() => consumer
        .Use(native => native.Committed(partitions, RequestTimeout))
        .ToDictionary(each => each.TopicPartition, each => Math.Max(0, each.Offset.Value)));

    /// <summary>Commits the position of a partition that is given up, moved or not.</summary>
    public async Task CommitLastAsync(PartitionIntake intake, TimeSpan timeout)
    {
        confirmed.TryRemove(intake, out _);
        if (intake.Position is not { } last)
            return;
        string? failure;
        try
        {
            var result = (await Task.Run(() => Commit([(intake, last.Life, last.Position)])).WaitAsync(timeout, time))[0];
            failure = result.Error.IsError ? result.Error.Reason : null;
        }
        catch (TimeoutException error)
        {
            failure = error.Message;
        }
        if (failure is not null)
            ReaderLog.CommitFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, last.Position, failure);
    }

    private void TryCommitDue()
    {
        try
        {
            CommitDue();
        }
        catch (Exception error)
        {
            // What it may be: without commits everything would come again after the next crash.
            ReaderLog.CommitsFailed(logger, error);
        }
    }

    private void CommitDue()
    {
        var due = new Dictionary<TopicPartition, (PartitionIntake Intake, PartitionLife Life, long Position)>();
        foreach (var (_, intake) in intakes)
        {
            if (intake.Position is { } current && IsDue(intake, current))
                due[intake.Partition] = (intake, current.Life, current.Position);
        }
        if (due.Count == 0)
            return;
        foreach (var result in Commit(due.Values))
        {
            var (intake, life, position) = due[result.TopicPartition];
            if (result.Error.IsError)
            {
                intake.Complaints.Raise(this, $"an offset cannot be committed ({result.Error.Code})", $"offset {position} cannot be committed: {result.Error.Reason}");
                continue;
            }
            intake.Committed(life, position);
            if (!intake.IsClosed)
                confirmed[intake] = (life, time.GetUtcNow());
            intake.Complaints.Clear(this);
        }
    }

    /// <summary>Commits positions of which each carries the mark of a life.</summary>
    /// <exception cref="KafkaException">One is not committed.</exception>
    public void CommitFirst(IReadOnlyCollection<TopicPartitionOffset> positions)
    {
        if (CommitMarked(positions).Find(static result => result.Error.IsError) is { } failed)
            throw new KafkaException(failed.Error);
    }

    private List<TopicPartitionOffsetError> Commit(IReadOnlyCollection<(PartitionIntake Intake, PartitionLife Life, long Position)> due) =>
        CommitMarked([.. due.Select(each => new TopicPartitionOffset(each.Intake.Partition, each.Position, each.Life.PositionMark))]);

    private List<TopicPartitionOffsetError> CommitMarked(IReadOnlyCollection<TopicPartitionOffset> positions)
    {
        var marked = !marksRefused;
        var results = Send(marked);
        if (!marked || !results.Exists(static result => result.Error.Code is ErrorCode.UnknownLeaderEpoch or ErrorCode.FencedLeaderEpoch))
            return results;
        marksRefused = true;
        ReaderLog.MarksRefused(logger, options.ConsumerGroup);
        return Send(marked: false);

        List<TopicPartitionOffsetError> Send(bool marked) => Commit(
            [.. positions.Select(each => marked ? each : new TopicPartitionOffset(each.TopicPartition, each.Offset))]);
    }

    private List<TopicPartitionOffsetError> Commit(List<TopicPartitionOffset> positions)
    {
        try
        {
            return consumer.Use(native =>
            {
                native.Commit(positions);
                return positions.ConvertAll(static each => new TopicPartitionOffsetError(each.TopicPartition, each.Offset, new Error(ErrorCode.NoError)));
            });
        }
        catch (TopicPartitionOffsetException error)
        {
            return error.Results;
        }
        catch (KafkaException error)
        {
            return [.. positions.Select(each => new TopicPartitionOffsetError(each.TopicPartition, each.Offset, error.Error))];
        }
    }

    private bool IsDue(PartitionIntake intake, (PartitionLife Life, long Position) current) =>
        !confirmed.TryGetValue(intake, out var last)
        || !ReferenceEquals(last.Life, current.Life)
        || Volatile.Read(ref intake.CommittedOffset) != current.Position
        || time.GetUtcNow() - last.Time >= options.RecommitInterval;
}
