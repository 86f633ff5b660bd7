using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A topic that is deleted and made again while it is read begins a new life: nothing of that is lost, doubled or stuck.</summary>
[Trait("Category", "Servers")]
public sealed class RecreatedTopicTests(SharedKafka kafka)
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    [RealBrokerFact]
    public async Task records_without_an_id_have_one_identity_however_late_the_new_life_is_noticed()
    {
        await using var cluster = await StartAsync(partitions: 2, check: TimeSpan.FromSeconds(3));
        await SendAsync(cluster, 0, 20, withId: false);
        await Eventually.TrueAsync("the first life is delivered", () => cluster.Recorder.Count >= 20);

        await RecreateAsync(cluster, partitions: 2);
        // More than before, so that the old positions lie within the new log, and records behind them are there to be read at once.
        await SendAsync(cluster, 20, 200, withId: false);
        using var admin = new KafkaTopics(cluster.Bootstrap);
        var incarnation = (await admin.DescribeAsync(cluster.Topic.Topic))!.Incarnation;
        await Eventually.TrueAsync(
            "all of the second life is delivered as such",
            () => Messages(cluster).Where(message => message.TopicIncarnation == incarnation).Select(Body).Distinct().Count() == 200);
        await Eventually.TrueAsync("all is done", () => cluster.Partitions.All(each => each is { Lag: 0, Undecided: 0 }));

        Assert.All(Messages(cluster).GroupBy(Body), same => Assert.Single(same.Select(RecordIdentity.Of).Distinct()));
    }

    [RealBrokerFact]
    public async Task a_position_of_the_old_life_is_not_taken_for_one_of_the_new()
    {
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        var blocked = new TaskCompletionSource();
        await using (var first = await StartAsync(partitions: 1, check: Never, topic, options => options.MaxUndecidedPerPartition = 5))
        {
            first.Recorder.OnBatch = (_, _) => blocked.Task;
            await SendAsync(first, 0, 10, withId: true);
            await Eventually.TrueAsync("reading pauses", () => first.Partitions.Any(each => each.Paused));
            await RecreateAsync(first, partitions: 1);
            await SendAsync(first, 10, 30, withId: true);
            // It reads on at its old position, which lies in the middle of the new log, and nobody tells it.
            blocked.SetResult();
            await Eventually.TrueAsync("what lies behind the old position is delivered", () => Bodies(first).Contains("39"));
            await Eventually.TrueAsync("and committed", () => first.Partitions.Single().CommittedOffset == 30);
            Assert.DoesNotContain("10", Bodies(first));
            await first.KillAsync(first.Silos[0]);
        }

        await using var second = await StartAsync(partitions: 1, check: Never, topic);
        await Eventually.TrueAsync("all of the new life is delivered", () => Bodies(second).Count == 30);
    }

    [RealBrokerFact]
    public async Task a_topic_made_again_while_its_partitions_are_paused_is_read()
    {
        var blocked = new TaskCompletionSource();
        await using var cluster = await StartAsync(partitions: 1, check: TimeSpan.FromMilliseconds(200), configure: options => options.MaxUndecidedPerPartition = 5);
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;
        await SendAsync(cluster, 0, 50, withId: true);
        await Eventually.TrueAsync("reading pauses", () => cluster.Partitions.Any(each => each.Paused));

        await RecreateAsync(cluster, partitions: 1);
        await SendAsync(cluster, 50, 50, withId: true);
        await Eventually.TrueAsync("the new life has begun", () => cluster.Partitions.Single().DoneOffset == 0);
        blocked.SetResult();
        await Eventually.TrueAsync("all of the new life is delivered", () => Enumerable.Range(50, 50).All(number => Bodies(cluster).Contains($"{number}")));
    }

    [RealBrokerFact]
    public async Task a_topic_made_again_with_fewer_partitions_and_then_with_all_of_them_is_read_each_time()
    {
        await using var cluster = await StartAsync(partitions: 4, check: TimeSpan.FromMilliseconds(200));
        await SendAsync(cluster, 0, 100, withId: true);
        await Eventually.TrueAsync("the first life is delivered", () => Bodies(cluster).Count == 100);

        await RecreateAsync(cluster, partitions: 2);
        await SendAsync(cluster, 100, 100, withId: true);
        await Eventually.TrueAsync("the second life is delivered", () => Bodies(cluster).Count == 200);
        Assert.Contains(cluster.Partitions, each => !each.IsHealthy);

        // More than before, so that the old positions lie within the new log.
        await RecreateAsync(cluster, partitions: 2);
        await SendAsync(cluster, 200, 400, withId: true);
        await Eventually.TrueAsync("the third life is delivered", () => Bodies(cluster).Count == 600);

        await RecreateAsync(cluster, partitions: 4);
        await SendAsync(cluster, 600, 100, withId: true);
        await Eventually.TrueAsync("the fourth life is delivered", () => Bodies(cluster).Count == 700);
        await Eventually.TrueAsync("health is good again", () => cluster.Partitions.All(each => each.IsHealthy));
    }

    [RealBrokerFact]
    public async Task partitions_that_are_added_are_read_without_a_restart()
    {
        await using var cluster = await StartAsync(partitions: 2, check: TimeSpan.FromMilliseconds(200));
        await SendAsync(cluster, 0, 100, withId: true);
        await Eventually.TrueAsync("the first life is delivered", () => Bodies(cluster).Count == 100);

        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build())
            await admin.CreatePartitionsAsync([new() { Topic = cluster.Topic.Topic, IncreaseTo = 4 }]);
        await SendAsync(cluster, 100, 100, withId: true);
        await Eventually.TrueAsync("what went to the added partitions is delivered", () => Bodies(cluster).Count == 200);
        await Eventually.TrueAsync("four are read", () => cluster.Partitions.Count(each => each.IsReadHere) == 4);

        await RecreateAsync(cluster, partitions: 6);
        await SendAsync(cluster, 200, 100, withId: true);
        await Eventually.TrueAsync("the second life is delivered", () => Bodies(cluster).Count == 300);
        await Eventually.TrueAsync("all is well", () => cluster.Partitions.All(each => each is { IsHealthy: true, Lag: 0 }) && cluster.Partitions.Count() == 6);
    }

    private Task<WireCluster> StartAsync(int partitions, TimeSpan check, string? topic = null, Action<KafkaStreamOptions>? configure = null) => WireCluster.StartAsync(
        kafka,
        topic ?? $"wire-{Guid.NewGuid():N}.commands",
        partitions: partitions,
        configure: options =>
        {
            options.TopicCheckInterval = check;
            configure?.Invoke(options);
        });

    private static async Task RecreateAsync(WireCluster cluster, int partitions)
    {
        using var admin = new KafkaTopics(cluster.Bootstrap);
        await admin.DeleteAsync(cluster.Topic.Topic);
        await Eventually.TrueAsync("the topic is gone", async () => await admin.DescribeAsync(cluster.Topic.Topic) is null);
        await admin.EnsureAsync(cluster.Topic.Topic, partitions);
    }

    private static async Task SendAsync(WireCluster cluster, int from, int count, bool withId)
    {
        // A sender of its own: it knows the life that is there now.
        using var sender = new KafkaSender(new KafkaSenderOptions { BootstrapServers = cluster.Bootstrap }, Logs.None<KafkaSender>());
        await Task.WhenAll(Enumerable.Range(from, count).Select(number => sender.SendAsync(
            cluster.Record($"key-{number % 10}", number.ToString(CultureInfo.InvariantCulture)) with { Id = withId ? $"id-{number}" : null })));
    }

    private static List<KafkaMessage> Messages(WireCluster cluster) => [.. cluster.Recorder.Keys.SelectMany(cluster.Recorder.Of)];

    private static HashSet<string> Bodies(WireCluster cluster) => [.. Messages(cluster).Select(Body)];

    private static string Body(KafkaMessage message) => Encoding.UTF8.GetString(message.Body.Span);
}
