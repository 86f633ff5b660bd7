using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Positions stay where brokers keep them, and partitions that nobody moves on are told.</summary>
[Trait("Category", "Servers")]
public sealed class PositionTests(SharedKafka kafka)
{
    [RealBrokerFact]
    public async Task a_position_that_the_broker_forgot_is_committed_again_though_nothing_comes()
    {
        await using var cluster = await WireCluster.StartAsync(
            kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1, configure: options => options.RecommitInterval = TimeSpan.FromSeconds(1));
        await cluster.SendAsync(10, keys: 1);
        await Eventually.TrueAsync("the position is committed", () => Committed(cluster) == 10);

        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build())
            await admin.DeleteConsumerGroupOffsetsAsync(cluster.Group, [new TopicPartition(cluster.Topic.Topic, 0)]);
        await Eventually.TrueAsync("the position is committed again", () => Committed(cluster) == 10);
    }

    [RealBrokerFact]
    public async Task a_partition_that_has_records_and_is_moved_on_by_no_silo_is_told_by_the_others()
    {
        var known = false;
        var other = $"wire-{Guid.NewGuid():N}.commands";
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 4, configure: options =>
        {
            options.TopicCheckInterval = TimeSpan.FromMilliseconds(200);
            // As in a rolling update: the older silo does not know this topic, and the newer one counts on it all the same.
            if (Volatile.Read(ref known))
                options.Topics.Add(new KafkaTopic("other", other, 4));
        });
        Volatile.Write(ref known, true);
        var newer = WireCluster.Health(await cluster.AddSiloAsync());
        await Eventually.TrueAsync("the newer silo reads its share of both", () => newer.Partitions.Count(each => each.IsReadHere) == 4);

        using (var sender = new KafkaSender(new KafkaSenderOptions { BootstrapServers = cluster.Bootstrap }, Logs.None<KafkaSender>()))
        {
            for (var partition = 0; partition < 4; partition++)
                await sender.SendAsync(cluster.Record("key", "1") with { Topic = other, Partition = partition, Id = "1" });
        }
        await cluster.SendAsync(100, keys: 10);

        await Eventually.TrueAsync("two partitions are told", () => newer.Partitions.Count(each => !each.IsReadHere) == 2);
        Assert.All(newer.Partitions.Where(each => !each.IsReadHere), each => Assert.True(each is { Topic: var topic, IsHealthy: false, Lag: 1 } && topic == other));
    }

    // What the broker has, not what the silo believes.
    private static long Committed(WireCluster cluster)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = cluster.Group }).Build();
        return consumer.Committed([new TopicPartition(cluster.Topic.Topic, 0)], Eventually.Patience)[0].Offset.Value;
    }
}
