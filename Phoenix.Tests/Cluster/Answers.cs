using Confluent.Kafka;
using Phoenix.Messages;

namespace Phoenix.Tests.Cluster;

/// <summary>Everything that silos answered over Kafka, read from the reply topic itself.</summary>
/// <param name="Requests">How many requests were answered. A client that sends a command again does so under another request id.</param>
/// <param name="Repeated">When one was answered once more: a record that was done, and delivered again by whoever took its partition
/// over.</param>
internal sealed record Answers(int Requests, IReadOnlyList<DateTime> Repeated)
{
    public static Answers Read(SiloCluster silos)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = silos.Broker.BootstrapServers,
            GroupId = $"{silos.Prefix}.answers",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata($"{silos.Prefix}.{TestClient.Application}.replies", Eventually.Patience).Topics[0];
        consumer.Assign(partitions.Partitions.Select(partition => new TopicPartitionOffset(partitions.Topic, partition.PartitionId, Offset.Beginning)));
        var answered = new HashSet<string>();
        var repeated = new List<DateTime>();
        for (var left = partitions.Partitions.Count; left > 0;)
        {
            var answer = consumer.Consume(Eventually.Patience) ?? throw new TimeoutException("The reply topic cannot be read to its end.");
            if (answer.IsPartitionEOF) left--;
            else if (!answered.Add(Convert.ToHexString(answer.Message.Headers.GetLastBytes(WireHeaders.RequestId)))) repeated.Add(answer.Message.Timestamp.UtcDateTime);
        }

        return new(answered.Count, repeated);
    }
}
