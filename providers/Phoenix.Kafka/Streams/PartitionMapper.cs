using System.Text;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>One queue for each topic partition; a stream belongs to the partition where Java clients put its key.</summary>
internal sealed class PartitionMapper : IStreamQueueMapper
{
    private readonly Dictionary<QueueId, (KafkaTopic Topic, int Partition)> partitions = [];
    private readonly Dictionary<string, (KafkaTopic Topic, QueueId[] Queues)> namespaces = new(StringComparer.Ordinal);

    public PartitionMapper(IEnumerable<(KafkaTopic Topic, int Partitions)> topics)
    {
        foreach (var (topic, count) in topics)
        {
            var queues = new QueueId[count];
            for (var partition = 0; partition < count; partition++)
            {
                var hash = Murmur2.Hash(Encoding.UTF8.GetBytes($"{topic.Topic}/{partition}"));
                queues[partition] = QueueId.GetQueueId(topic.Topic, (uint)partition, hash);
                partitions.Add(queues[partition], (topic, partition));
            }
            namespaces.Add(topic.StreamNamespace, (topic, queues));
        }
    }

    public IEnumerable<QueueId> GetAllQueues() => partitions.Keys;

    public QueueId GetQueueForStream(StreamId streamId)
    {
        var queues = Of(streamId).Queues;
        return queues[Murmur2.Partition(streamId.Key.Span, queues.Length)];
    }

    /// <summary>Topic of a stream's namespace.</summary>
    public KafkaTopic TopicOf(StreamId streamId) => Of(streamId).Topic;

    /// <summary>Topic and partition of a queue.</summary>
    public (KafkaTopic Topic, int Partition) PartitionOf(QueueId queue) => partitions[queue];

    private (KafkaTopic Topic, QueueId[] Queues) Of(StreamId streamId) =>
        namespaces.TryGetValue(streamId.GetNamespace() ?? "", out var found)
            ? found
            : throw new ArgumentException(
                $"No Kafka topic is configured for stream namespace '{streamId.GetNamespace()}'. Configured: {string.Join(", ", namespaces.Keys)}. " +
                "Add a KafkaTopic for it to KafkaStreamOptions.Topics.",
                nameof(streamId));
}
