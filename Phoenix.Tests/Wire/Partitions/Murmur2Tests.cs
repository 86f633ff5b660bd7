using CsCheck;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A key's stream, its partition, and where Java clients put it are the same.</summary>
[Trait("Category", "Servers")]
public sealed class Murmur2Tests(SharedKafka kafka)
{
    // From the tests of Kafka's own client.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void the_hash_is_that_of_the_java_client(string key, int hash) =>
        Assert.Equal(hash, unchecked((int)Murmur2.Hash(System.Text.Encoding.UTF8.GetBytes(key))));

    [Fact]
    public async Task records_land_in_the_partition_of_their_stream()
    {
        const int partitions = 7;
        var topic = await kafka.NewTopicAsync(partitions);
        var mapper = new PartitionMapper([(new KafkaTopic("wire", topic), partitions)]);
        using var sender = new KafkaSender(new KafkaSenderOptions { BootstrapServers = await kafka.BootstrapAsync() }, Logs.None<KafkaSender>());
        var keys = Gen.String[Gen.Char.AlphaNumeric, 1, 40].Array[300].Single();

        var stored = await Task.WhenAll(keys.Select(key => sender.SendAsync(new KafkaRecord { Topic = topic, Key = key, Body = new byte[1] })));

        Assert.All(keys.Zip(stored), pair =>
        {
            var queue = mapper.GetQueueForStream(StreamId.Create("wire", pair.First));
            Assert.Equal(pair.Second.Partition, mapper.PartitionOf(queue).Partition);
        });
    }

    [Fact]
    public void a_namespace_without_a_topic_is_refused_by_name()
    {
        var mapper = new PartitionMapper([(new KafkaTopic("wire", "topic"), 3)]);
        var error = Assert.Throws<ArgumentException>(() => mapper.GetQueueForStream(StreamId.Create("other", "key")));
        Assert.Contains("'other'", error.Message, StringComparison.Ordinal);
    }
}
