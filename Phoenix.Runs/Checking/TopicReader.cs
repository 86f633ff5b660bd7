using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;

namespace Phoenix.Runs.Checking;

/// <summary>Reads a command topic and the answers to garbage, as they are now.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<TopicLog> ReadAsync(string kafka, string topic, string replies)
    {
        using var topics = new KafkaTopics(kafka);
        var life = (await topics.DescribeAsync(topic))!.Incarnation;
        return await Task.Run(() => new TopicLog(
            [.. Read(kafka, topic).Select(record => Of(life, record))],
            Read(kafka, replies).Where(reply => Text(reply, "status") == "failed").Select(reply => Text(reply, "requestid") ?? "")
                .ToHashSet(StringComparer.Ordinal)));
    }

    private static LoggedRecord Of(string life, ConsumeResult<byte[]?, byte[]?> record) => new(
        string.Create(CultureInfo.InvariantCulture, $"{life}:{record.Partition.Value}:{record.Offset.Value}"),
        record.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null,
        record.Message.Headers.Count(header => header.Key == "ce_id") == 1 ? Text(record, "ce_id") : null,
        Text(record, Garbage.Header),
        Text(record, "requestid"));

    private static string? Text(ConsumeResult<byte[]?, byte[]?> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    private static IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(string kafka, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka, GroupId = $"account-{Guid.NewGuid():N}", EnableAutoCommit = false, EnablePartitionEof = true,
        }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        foreach (var partition in admin.GetMetadata(topic, Patience).Topics.Single().Partitions)
        {
            consumer.Assign(new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning));
            while (true)
            {
                var record = consumer.Consume(Patience)
                    ?? throw new TimeoutException($"{topic} {partition.PartitionId} is not told to its end.");
                if (record.IsPartitionEOF) break;
                yield return record;
            }
        }
    }
}
