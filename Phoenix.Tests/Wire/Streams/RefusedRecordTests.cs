using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Guarantee 7: a bad message never blocks a good one, and its dead letter has the original bytes.</summary>
[Trait("Category", "Servers")]
public sealed class RefusedRecordTests(SharedKafka kafka)
{
    [Fact]
    public async Task records_that_cannot_be_routed_go_to_the_dead_letter_topic_and_the_next_good_one_is_delivered()
    {
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1, configure: options => options.MaxMessageBytes = 1_000);
        byte[][] keys = [null!, [], [0xc3, 0x28], Encoding.UTF8.GetBytes("a\nb"), Encoding.UTF8.GetBytes(new string('x', 201)), "good"u8.ToArray()];
        using (var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, LingerMs = 5 }).Build())
        {
            for (var number = 0; number < keys.Length; number++)
            {
                await producer.ProduceAsync(new TopicPartition(cluster.Topic.Topic, 0), new Message<byte[]?, byte[]>
                {
                    Key = keys[number],
                    Value = number == 5 ? new byte[1_001] : [(byte)number],
                    Headers = [new Header("ce_id", [0xfe, (byte)number])],
                }, TestContext.Current.CancellationToken);
            }
        }
        await cluster.SendAsync(1, keys: 1);
        await Eventually.TrueAsync("the good record is delivered", () => cluster.Recorder.Count == 1);

        var letters = Read(cluster, expected: 6).OrderBy(letter => Header(letter, DeadLetterHeaders.Offset), StringComparer.Ordinal).ToList();
        for (var number = 0; number < letters.Count; number++)
        {
            var letter = letters[number];
            Assert.Equal(keys[number], letter.Message.Key);
            Assert.Equal(number == 5 ? new byte[1_001] : [(byte)number], letter.Message.Value);
            Assert.Equal([0xfe, (byte)number], letter.Message.Headers[0].GetValueBytes());
            Assert.Equal(number == 5 ? DeadLetterReason.TooLarge : DeadLetterReason.Unroutable, Header(letter, DeadLetterHeaders.Reason));
            Assert.Equal(cluster.Topic.Topic, Header(letter, DeadLetterHeaders.Topic));
            Assert.Contains($":0:{number}:", Header(letter, DeadLetterHeaders.Id), StringComparison.Ordinal);
        }
        Assert.Equal(6, letters.Select(letter => Header(letter, DeadLetterHeaders.Id)).Distinct().Count());
        await Eventually.TrueAsync("the position has passed them", () => cluster.Partitions.Single().DoneOffset == 7);
    }

    private static string Header(ConsumeResult<byte[]?, byte[]> letter, string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));

    private static List<ConsumeResult<byte[]?, byte[]>> Read(WireCluster cluster, int expected)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]>(
            new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = "reader", FetchWaitMaxMs = 5 }).Build();
        consumer.Assign(new TopicPartitionOffset(cluster.Topic.DeadLetterTopic, 0, Offset.Beginning));
        var letters = new List<ConsumeResult<byte[]?, byte[]>>();
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (letters.Count < expected)
            letters.Add(consumer.Consume(patience.Token));
        return letters;
    }
}
