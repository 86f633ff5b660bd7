using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

[Trait("Category", "Servers")]
public sealed class KafkaSenderTests(SharedKafka kafka)
{
    [Fact]
    public async Task an_explicit_partition_is_kept()
    {
        var topic = await kafka.NewTopicAsync(5);
        using var sender = await SenderAsync();
        for (var partition = 0; partition < 5; partition++)
            Assert.Equal(partition, (await sender.SendAsync(new KafkaRecord { Topic = topic, Key = "same", Partition = partition }, TestContext.Current.CancellationToken)).Partition);
    }

    [RealBrokerFact]
    public async Task a_record_above_the_topics_limit_is_rejected_as_too_large()
    {
        var topic = await kafka.NewTopicAsync();
        using var sender = await SenderAsync();
        var error = await Assert.ThrowsAsync<KafkaRejectedException>(() => sender.SendAsync(new KafkaRecord { Topic = topic, Key = "k", Body = Noise(5 * 1024 * 1024) }, TestContext.Current.CancellationToken));
        Assert.Equal("too-large", error.Code);
    }

    [RealBrokerFact]
    public async Task an_unknown_topic_is_named()
    {
        using var sender = await SenderAsync();
        var error = await Assert.ThrowsAsync<KafkaRejectedException>(() => sender.SendAsync(new KafkaRecord { Topic = "no-such-topic", Key = "k" }, TestContext.Current.CancellationToken));
        Assert.Equal("unknown-topic", error.Code);
        Assert.Contains("'no-such-topic'", error.Message, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task a_topic_that_was_made_anew_with_more_partitions_is_written_to_at_once()
    {
        var topic = await kafka.NewTopicAsync();
        using var sender = await SenderAsync();
        await sender.SendAsync(new KafkaRecord { Topic = topic, Key = "k" }, TestContext.Current.CancellationToken);
        using var topics = new KafkaTopics(await kafka.BootstrapAsync());
        await topics.DeleteAsync(topic);
        await Eventually.TrueAsync("the topic is gone", async () => await topics.DescribeAsync(topic) is null);
        await topics.EnsureAsync(topic, 4);

        var stored = await sender.SendAsync(new KafkaRecord { Topic = topic, Key = "k", Partition = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal((3, 0), (stored.Partition, stored.Offset));
    }

    [Fact]
    public async Task a_broker_that_is_away_is_unavailable_within_the_delivery_timeout()
    {
        using var sender = new KafkaSender(
            new KafkaSenderOptions { BootstrapServers = "127.0.0.1:1", DeliveryTimeout = TimeSpan.FromSeconds(1) }, Logs.None<KafkaSender>());
        var error = await Assert.ThrowsAsync<KafkaUnavailableException>(() => sender.SendAsync(new KafkaRecord { Topic = "topic", Key = "k" }, TestContext.Current.CancellationToken));
        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    private async Task<KafkaSender> SenderAsync() => new(new KafkaSenderOptions { BootstrapServers = await kafka.BootstrapAsync() }, Logs.None<KafkaSender>());

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
