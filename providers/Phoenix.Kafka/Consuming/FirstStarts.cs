using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Where reading begins of a topic that the group has no position of. The places of "now" are kept for all partitions at once, before any
/// is read: another silo, or this one after a crash, must not find a later now. A partition that is added later, and a topic that is made anew
/// or comes later, begin at their oldest record.
/// </summary>
internal sealed class FirstStarts(
    NativeClient<IConsumer<byte[]?, byte[]?>> consumer, OffsetCommits commits, TopicCatalog catalog, ITopicStarts? starts, KafkaStreamOptions options,
    ILogger logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly HashSet<string> missingAtFirst = [.. catalog.Topics
        .Where(each => each.Description is null && each.Topic.Start == TopicStart.Now).Select(each => each.Topic.Topic)];
    private bool missingAreKept;

    /// <summary>Keeps which topics were not there when this silo began; again and again until it is done.</summary>
    public async Task KeepMissingAsync()
    {
        if (missingAreKept || starts is null)
            return;
        try
        {
            foreach (var topic in missingAtFirst)
                await starts.KeepAsync(topic, options.ConsumerGroup, TopicBeginning.OfAll);
            missingAreKept = true;
        }
        catch (Exception error)
        {
            ReaderLog.PollFailed(logger, error);
        }
    }

    /// <summary>The position of a partition that has none.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="description">The topic as it is.</param>
    /// <param name="partition">The partition.</param>
    /// <returns>The position, which may still be none: reading begins at the oldest record.</returns>
    public async Task<TopicPartitionOffset> FindAsync(KafkaTopic topic, TopicDescription description, TopicPartition partition)
    {
        if (topic.Start != TopicStart.Now)
            return new(partition, Offset.Unset);
        if (starts is null)
            return await Task.Run(() => FindByPositions(topic, description, partition));
        var kept = await starts.KeepAsync(topic.Topic, options.ConsumerGroup, await Task.Run(() => Now(topic, description)));
        return kept.Life == description.Incarnation && partition.Partition.Value < kept.Places.Count
            ? new(partition, kept.Places[partition.Partition.Value], PartitionLife.Mark(description))
            : new(partition, Offset.Unset);
    }

    private TopicBeginning Now(KafkaTopic topic, TopicDescription description)
    {
        var all = Partitions(topic, description);
        return missingAtFirst.Contains(topic.Topic) || !HasNoPosition(all)
            ? TopicBeginning.OfAll
            : new(description.Incarnation, [.. all.Select(End)]);
    }

    private TopicPartitionOffset FindByPositions(KafkaTopic topic, TopicDescription description, TopicPartition partition)
    {
        if (missingAtFirst.Contains(topic.Topic))
            return new(partition, Offset.Unset);
        var all = Partitions(topic, description);
        lock (gate)
        {
            if (HasNoPosition(all))
                commits.CommitFirst([.. all.Select(each => new TopicPartitionOffset(each, End(each), PartitionLife.Mark(description)))]);
        }
        return consumer.Use(native => native.Committed([partition], RequestTimeout))[0];
    }

    private static List<TopicPartition> Partitions(KafkaTopic topic, TopicDescription description) =>
        [.. Enumerable.Range(0, description.Partitions).Select(number => new TopicPartition(topic.Topic, number))];

    private bool HasNoPosition(IEnumerable<TopicPartition> partitions) =>
        consumer.Use(native => native.Committed(partitions, RequestTimeout)).TrueForAll(each => each.Offset.IsSpecial);

    private long End(TopicPartition partition) =>
        consumer.Use(native => native.QueryWatermarkOffsets(partition, RequestTimeout)).High.Value;
}
