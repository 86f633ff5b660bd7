using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Where reading begins of a topic that the group has no position of. The positions of "now" are committed for all partitions at once,
/// before any is read: another silo, or this one after a crash, must not find a later now, and a partition that is added later has no
/// position while others have one.
/// </summary>
internal sealed class FirstStarts(NativeClient<IConsumer<byte[]?, byte[]?>> consumer, OffsetCommits commits, TopicCatalog catalog)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly HashSet<string> missingAtFirst = [.. catalog.Topics.Where(each => each.Description is null)
        .Select(each => each.Topic.Topic)];

    /// <summary>The position of a partition that has none.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="description">The topic as it is.</param>
    /// <param name="partition">The partition.</param>
    /// <returns>The committed position, which may still be none: reading begins at the oldest record.</returns>
    public TopicPartitionOffset Find(KafkaTopic topic, TopicDescription description, TopicPartition partition)
    {
        if (topic.Start != TopicStart.Now || missingAtFirst.Contains(topic.Topic))
            return new(partition, Offset.Unset);
        var all = Enumerable.Range(0, description.Partitions).Select(number => new TopicPartition(topic.Topic, number)).ToList();
        lock (gate)
        {
            if (consumer.Use(native => native.Committed(all, RequestTimeout)).TrueForAll(each => each.Offset.IsSpecial))
                commits.CommitFirst([.. all.Select(each => new TopicPartitionOffset(
                    each, consumer.Use(native => native.QueryWatermarkOffsets(each, RequestTimeout)).High, PartitionLife.Mark(description)))]);
        }
        return consumer.Use(native => native.Committed([partition], RequestTimeout))[0];
    }
}
