using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Guarantee 6: whatever a broker can hold is delivered or put aside, and the position does not pass it before.</summary>
[Trait("Category", "Servers")]
public sealed class AnyRecordTests(SharedKafka kafka)
{
    // Someone's microseconds: the year 57,000.
    private const long FarFuture = 1_764_201_600_000_000;

    [RealBrokerFact]
    public async Task a_record_from_the_far_future_is_delivered_or_put_aside_like_any_other()
    {
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        using (var admin = new KafkaTopics(await kafka.BootstrapAsync()))
            await admin.EnsureAsync(topic, 1, settings: new Dictionary<string, string> { ["message.timestamp.after.max.ms"] = $"{long.MaxValue}" });
        await using var cluster = await WireCluster.StartAsync(kafka, topic, partitions: 1);
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, LingerMs = 5 }).Build())
        {
            foreach (var key in new[] { "key-0", "bad\nkey" })
            {
                await producer.ProduceAsync(new TopicPartition(cluster.Topic.Topic, 0), new Message<byte[], byte[]>
                {
                    Key = Encoding.UTF8.GetBytes(key),
                    Value = "1"u8.ToArray(),
                    Timestamp = new Timestamp(FarFuture, TimestampType.CreateTime),
                }, TestContext.Current.CancellationToken);
            }
        }

        await Eventually.TrueAsync("the record is delivered", () => cluster.Recorder.Count == 1);
        await Eventually.TrueAsync("both are done", () => cluster.Partitions.Any(each => each is { DoneOffset: 2, Undecided: 0 }));
    }

    [RealBrokerFact]
    public async Task lag_is_none_when_the_log_ends_with_the_markers_of_transactions()
    {
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, TransactionalId = cluster.Topic.Topic }).Build();
        producer.InitTransactions(Eventually.Patience);
        for (var number = 0; number < 3; number++)
        {
            producer.BeginTransaction();
            producer.Produce(cluster.Topic.Topic, new Message<byte[], byte[]> { Key = "key-0"u8.ToArray(), Value = [(byte)number] });
            producer.Flush(Eventually.Patience);
            if (number == 2)
                producer.AbortTransaction(Eventually.Patience);
            else
                producer.CommitTransaction(Eventually.Patience);
        }

        await Eventually.TrueAsync("what was committed is delivered", () => cluster.Recorder.Count == 2);
        await Eventually.TrueAsync("the end of the log is reached", () => cluster.Partitions.Single() is { EndOffset: 6, Lag: 0 });
        await Eventually.TrueAsync("and committed", () => cluster.Partitions.Single().CommittedOffset == 6);
    }
}
