using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>Brings the partitions' positions to the broker: stored as they move, committed in the background, at once at hand-over.</summary>
internal sealed class OffsetCommits(
    IConsumer<byte[]?, byte[]?> consumer, ConcurrentDictionary<TopicPartition, PartitionIntake> intakes, TimeProvider time, ILogger logger)
{
    /// <summary>Hands positions that moved to the client, which commits them at its interval.</summary>
    public void StorePositions()
    {
        foreach (var (_, intake) in intakes)
        {
            if (intake.PositionToStore() is not { } position)
                continue;
            try
            {
                consumer.StoreOffset(new TopicPartitionOffset(intake.Partition, position));
            }
            catch (KafkaException)
            {
                // Just handed over: the hand-over commits by itself.
            }
        }
    }

    /// <summary>Commits a partition's position now.</summary>
    public async Task CommitAsync(PartitionIntake intake, TimeSpan timeout)
    {
        var (_, done) = intake.Progress;
        if (done is not > 0 || done == Volatile.Read(ref intake.CommittedOffset))
            return;
        try
        {
            await Task.Run(() => consumer.Commit([new TopicPartitionOffset(intake.Partition, done.Value)])).WaitAsync(timeout, time);
        }
        catch (Exception error) when (error is KafkaException or TimeoutException)
        {
            ReaderLog.CommitFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, done.Value, error.Message);
        }
    }

    /// <summary>Takes the broker's word on committed positions.</summary>
    public void Confirm(CommittedOffsets committed)
    {
        foreach (var each in committed.Offsets)
        {
            if (!intakes.TryGetValue(each.TopicPartition, out var intake))
                continue;
            if (each.Error.IsError)
            {
                intake.Complaints.Raise(nameof(CommitAsync), $"an offset cannot be committed ({each.Error.Code})", $"offset {each.Offset.Value} cannot be committed: {each.Error.Reason}");
            }
            else if (!each.Offset.IsSpecial)
            {
                Volatile.Write(ref intake.CommittedOffset, each.Offset.Value);
                intake.Complaints.Clear(nameof(CommitAsync));
            }
        }
    }
}
