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
    public async Task a_partition_that_its_silo_does_not_move_on_is_told_by_the_other()
    {
        await using var cluster = await WireCluster.StartAsync(
            kafka, $"wire-{Guid.NewGuid():N}.commands", silos: 2, options => options.TopicCheckInterval = TimeSpan.FromMilliseconds(200), partitions: 4);
        var silos = cluster.Silos.Select(WireCluster.Health).ToList();
        await Eventually.TrueAsync("each silo reads two", () => silos.All(silo => Read(silo, here: true).Count() == 2));
        var decided = new TaskCompletionSource();
        cluster.Recorder.OnBatch = (_, _) => decided.Task;
        for (var partition = 0; partition < 4; partition++)
            await cluster.Sender.SendAsync(cluster.Record("key", "1") with { Partition = partition, Id = "1" });

        await Eventually.TrueAsync("each silo tells two", () => silos.All(silo => Read(silo, here: false).Count() == 2));
        Assert.All(silos.SelectMany(silo => Read(silo, here: false)), each => Assert.True(each is { IsHealthy: false, Lag: 1 }));
        Assert.All(silos, silo => Assert.Empty(Read(silo, here: false).IntersectBy(Read(silo, here: true).Select(each => each.Partition), each => each.Partition)));

        decided.SetResult();
        await Eventually.TrueAsync("none is told", () => silos.All(silo => !Read(silo, here: false).Any()));
    }

    private static IEnumerable<PartitionHealth> Read(IKafkaHealth silo, bool here) => silo.Partitions.Where(each => each.IsReadHere == here);

    // What the broker has, not what the silo believes.
    private static long Committed(WireCluster cluster)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = cluster.Group }).Build();
        return consumer.Committed([new TopicPartition(cluster.Topic.Topic, 0)], Eventually.Patience)[0].Offset.Value;
    }
}
