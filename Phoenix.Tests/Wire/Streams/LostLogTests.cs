using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A log that lost records, or is another one than before, is noticed and said, and reading goes on.</summary>
[Trait("Category", "Servers")]
public sealed class LostLogTests(SharedKafka kafka)
{
    [RealBrokerFact]
    public async Task records_deleted_before_they_were_read_are_counted_and_the_rest_is_read()
    {
        var bootstrap = await kafka.BootstrapAsync();
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        await using (var first = await WireCluster.StartAsync(kafka, topic, partitions: 1))
        {
            await first.SendAsync(10, keys: 1);
            await Eventually.TrueAsync("all is delivered", () => first.Recorder.Count == 10);
            await first.StopAsync(first.Silos[0]);
        }
        using var sender = new KafkaSender(new KafkaSenderOptions { BootstrapServers = bootstrap }, Logs.None<KafkaSender>());
        for (var number = 10; number < 30; number++)
            await sender.SendAsync(new KafkaRecord { Topic = topic, Key = "key-0", Body = System.Text.Encoding.UTF8.GetBytes($"{number}") });
        await DeleteRecordsAsync(bootstrap, topic, before: 15);

        await using var second = await WireCluster.StartAsync(kafka, topic, partitions: 1);
        await Eventually.TrueAsync("the rest is delivered", () => second.Recorder.Count >= 15);
        Assert.Equal(Enumerable.Range(15, 15).Select(number => $"{number}"), second.Recorder.Bodies("key-0"));
        Assert.Equal(5, Assert.Single(second.Partitions).LostRecords);
    }

    [RealBrokerFact]
    public async Task records_deleted_under_a_running_reader_do_not_stop_it()
    {
        var bootstrap = await kafka.BootstrapAsync();
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1, configure: options => options.MaxUndecidedPerPartition = 5);
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;
        await cluster.SendAsync(500, keys: 1);
        await Eventually.TrueAsync("reading pauses", () => cluster.Partitions.Any(each => each.Paused));
        await DeleteRecordsAsync(bootstrap, cluster.Topic.Topic, before: 400);
        blocked.SetResult();
        await Eventually.TrueAsync("the newest record is delivered", () => cluster.Recorder.Bodies("key-0").Contains("499"));
        await Eventually.TrueAsync("all is done", () => cluster.Partitions.Single().Lag == 0);
    }

    [RealBrokerFact]
    public async Task a_recreated_topic_is_read_from_its_start()
    {
        var bootstrap = await kafka.BootstrapAsync();
        using var admin = new KafkaTopics(bootstrap);
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1, configure: options => options.TopicCheckInterval = TimeSpan.FromMilliseconds(200));
        await cluster.SendAsync(3, keys: 1);
        await Eventually.TrueAsync("the records are delivered", () => cluster.Recorder.Count == 3);

        await admin.DeleteAsync(cluster.Topic.Topic);
        await Eventually.TrueAsync("the topic is gone", async () => await admin.DescribeAsync(cluster.Topic.Topic) is null);
        await admin.EnsureAsync(cluster.Topic.Topic, 1);
        // More than before, so that the old position lies within the new log.
        using var sender = new KafkaSender(new KafkaSenderOptions { BootstrapServers = bootstrap }, Logs.None<KafkaSender>());
        for (var number = 100; number < 110; number++)
            await sender.SendAsync(cluster.Record("key-0", $"{number}"));

        await Eventually.TrueAsync("all new records are delivered", () => cluster.Recorder.Bodies("key-0").Distinct().Count() == 13);
        Assert.Equal(2, cluster.Recorder.Of("key-0").Select(message => message.TopicIncarnation).Distinct().Count());
    }

    private static async Task DeleteRecordsAsync(string bootstrap, string topic, long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, before)]);
    }
}
