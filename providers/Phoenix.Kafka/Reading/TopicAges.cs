using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Reads the first record of each partition.</summary>
internal sealed class TopicAges(IOptions<KafkaSenderOptions> options) : ITopicAges
{
    private readonly TopicReading reading = new(options.Value);

    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> OldestAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        var oldest = new Dictionary<string, DateTimeOffset>();
        await reading.ReadAsync(await PartitionsAsync(topics), (_, log) => (log.Low, log.Low + 1), record =>
        {
            var time = CloudEventCodec.TimeOf(record.Message.Timestamp);
            if (!oldest.TryGetValue(record.Topic, out var other) || time < other) oldest[record.Topic] = time;
        }, cancellationToken);
        return oldest;
    }

    private async Task<IReadOnlyList<TopicPartition>> PartitionsAsync(IReadOnlyList<string> topics)
    {
        using var admin = new KafkaTopics(options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly());
        var described = new List<TopicDescription?>();
        foreach (var topic in topics) described.Add(await admin.DescribeAsync(topic));
        return [.. described.OfType<TopicDescription>().SelectMany(one => Enumerable.Range(0, one.Partitions).Select(number => new TopicPartition(one.Topic, number)))];
    }
}
