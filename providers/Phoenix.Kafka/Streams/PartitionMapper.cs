using System.Text;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// One queue for each topic partition; a stream belongs to the partition where Java clients put its key. Topics may grow while it is used.
/// </summary>
internal sealed class PartitionMapper : IStreamQueueMapper
{
    private readonly Lock gate = new();
    private volatile Dictionary<QueueId, (KafkaTopic Topic, int Partition)> partitions = [];
    private volatile Dictionary<string, (KafkaTopic Topic, QueueId[] Queues)> namespaces = new(StringComparer.Ordinal);

    public PartitionMapper(IEnumerable<(KafkaTopic Topic, int Partitions)> topics)
    {
        foreach (var (topic, count) in topics)
            Grow(topic, count);
    }

    /// <summary>A topic has more partitions than before.</summary>
    public event Action? Grown;

    /// <summary>Notes how many partitions a topic has; fewer than before take none away: they may come back.</summary>
    public void Grow(KafkaTopic topic, int count)
    {
        lock (gate)
        {
            var known = namespaces.TryGetValue(topic.StreamNamespace, out var found) ? found.Queues : [];
            if (count <= known.Length)
                return;
            // Readers keep what they have in hand.
            QueueId[] queues = [.. known, .. Enumerable.Range(known.Length, count - known.Length).Select(partition => Queue(topic.Topic, partition))];
            namespaces = new(namespaces, StringComparer.Ordinal) { [topic.StreamNamespace] = (topic, queues) };
            var all = new Dictionary<QueueId, (KafkaTopic Topic, int Partition)>(partitions);
            for (var partition = known.Length; partition < count; partition++)
                all.Add(queues[partition], (topic, partition));
            partitions = all;
        }
        Grown?.Invoke();
    }

    public IEnumerable<QueueId> GetAllQueues() => partitions.Keys;

    public QueueId GetQueueForStream(StreamId streamId)
    {
        var queues = Of(streamId).Queues;
        return queues[Murmur2.Partition(streamId.Key.Span, queues.Length)];
    }

    /// <summary>How many partitions of a topic are known.</summary>
    public int Partitions(KafkaTopic topic) => namespaces.TryGetValue(topic.StreamNamespace, out var found) ? found.Queues.Length : 0;

    /// <summary>Topic of a stream's namespace.</summary>
    public KafkaTopic TopicOf(StreamId streamId) => Of(streamId).Topic;

    /// <summary>Topic and partition of a queue.</summary>
    public (KafkaTopic Topic, int Partition) PartitionOf(QueueId queue) => partitions[queue];

    private static QueueId Queue(string topic, int partition) =>
        QueueId.GetQueueId(topic, (uint)partition, Murmur2.Hash(Encoding.UTF8.GetBytes($"{topic}/{partition}")));

    private (KafkaTopic Topic, QueueId[] Queues) Of(StreamId streamId) =>
        namespaces.TryGetValue(streamId.GetNamespace() ?? "", out var found)
            ? found
            : throw new ArgumentException(
                $"No Kafka topic is configured for stream namespace '{streamId.GetNamespace()}'. Configured: {string.Join(", ", namespaces.Keys)}. " +
                "Add a KafkaTopic for it to KafkaStreamOptions.Topics.",
                nameof(streamId));
}
