using Confluent.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Partitions change hands, in peace and in war, and nothing is lost (guarantee 6).</summary>
[Trait("Category", "Servers")]
public sealed class HandOverTests(SharedKafka kafka)
{
    [Fact]
    public async Task committed_offsets_never_pass_an_undelivered_record_and_a_killed_silo_costs_repeats_only()
    {
        const int records = 1_000;
        const int keys = 50;
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        var stuck = new TaskCompletionSource();
        await using (var first = await WireCluster.StartAsync(kafka, topic, partitions: 4))
        {
            first.Recorder.OnBatch = (key, _) => key == "key-7" ? stuck.Task : Task.CompletedTask;
            await first.SendAsync(records, keys);
            await Eventually.TrueAsync("all other keys are delivered", () => first.Recorder.Count >= records - records / keys);
            await Eventually.TrueAsync("the other partitions are committed to their end", () => Committed(first).Count(each => each.Lag == 0) == 3);

            Assert.All(Committed(first), each => Assert.True(each.Undecided == 0 || each.DoneOffset < each.EndOffset));
            await first.KillAsync(first.Silos[0]);
        }

        await using var second = await WireCluster.StartAsync(kafka, topic, partitions: 4);
        await Eventually.TrueAsync("the stuck key is delivered", () => second.Recorder.Of("key-7").Count >= records / keys);
        Assert.Equal(Enumerable.Range(0, records / keys).Select(number => $"{number}"), second.Recorder.Bodies("key-7"));
        Assert.All(second.Recorder.Of("key-7"), message => Assert.True(message.MayBeRedelivered));
        stuck.SetResult();
    }

    [Fact]
    public async Task a_silo_that_stops_in_peace_leaves_no_repeats_behind()
    {
        const int records = 2_000;
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        await using (var first = await WireCluster.StartAsync(kafka, topic))
        {
            await first.SendAsync(records, keys: 100);
            await Eventually.TrueAsync("all records are delivered", () => first.Recorder.Count >= records);
            await first.StopAsync(first.Silos[0]);
        }

        await using var second = await WireCluster.StartAsync(kafka, topic);
        await second.SendAsync(100, keys: 100, from: records);
        await Eventually.TrueAsync("the new records are delivered", () => second.Recorder.Count >= 100);
        Assert.Equal(100, second.Recorder.Count);
        Assert.All(second.Recorder.Keys, key => Assert.Equal("20", Assert.Single(second.Recorder.Bodies(key))));
    }

    [Fact]
    public async Task a_delivery_in_flight_is_finished_and_committed_before_a_partition_is_given_up()
    {
        var topic = $"wire-{Guid.NewGuid():N}.commands";
        var release = new TaskCompletionSource();
        await using (var first = await WireCluster.StartAsync(kafka, topic, partitions: 1))
        {
            var begun = new TaskCompletionSource();
            first.Recorder.OnBatch = (_, _) => { begun.TrySetResult(); return release.Task; };
            await first.SendAsync(1, keys: 1);
            await begun.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
            var stop = first.StopAsync(first.Silos[0]);
            release.SetResult();
            await stop;
        }

        await using var second = await WireCluster.StartAsync(kafka, topic, partitions: 1);
        await second.SendAsync(1, keys: 1, from: 1);
        await Eventually.TrueAsync("the second record is delivered", () => second.Recorder.Count >= 1);
        Assert.Equal(["1"], second.Recorder.Bodies("key-0"));
    }

    [Fact]
    public async Task silos_share_partitions_evenly_and_none_is_lost_when_they_come_and_go()
    {
        const int keys = 200;
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", silos: 2);
        await Eventually.TrueAsync("two silos have six partitions each", () => Shares(cluster) is [6, 6]);
        await cluster.SendAsync(1_000, keys);

        var third = await cluster.AddSiloAsync();
        await cluster.SendAsync(1_000, keys, from: 1_000);
        await Eventually.TrueAsync("three silos have four each", () => Shares(cluster) is [4, 4, 4]);
        await cluster.SendAsync(1_000, keys, from: 2_000);

        await cluster.StopAsync(third);
        await cluster.SendAsync(1_000, keys, from: 3_000);
        await Eventually.TrueAsync("two silos have six each again", () => Shares(cluster) is [6, 6]);

        await cluster.KillAsync(cluster.Silos[1]);
        await cluster.SendAsync(1_000, keys, from: 4_000);
        await Eventually.TrueAsync("one silo has all", () => Shares(cluster) is [12]);
        await Eventually.TrueAsync(
            "every key has all its records",
            () => Enumerable.Range(0, keys).All(key => cluster.Recorder.Bodies($"key-{key}").Distinct().Count() == 25));
        Assert.All(cluster.Recorder.Keys, key => Assert.Equal(
            Enumerable.Range(0, 25).Select(number => $"{number}"), cluster.Recorder.Bodies(key).Distinct()));
    }

    [Fact]
    public async Task a_partition_that_was_given_up_while_paused_is_read_when_it_comes_back()
    {
        const int keys = 100;
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 4, configure: options =>
        {
            options.MaxUndecidedPerPartition = 100;
            options.HandOverTimeout = TimeSpan.FromMilliseconds(500);
        });
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;
        await cluster.SendAsync(2_000, keys);
        await Eventually.TrueAsync("all partitions pause", () => cluster.Partitions.Count(each => each.Paused) == 4);

        var second = await cluster.AddSiloAsync();
        await Eventually.TrueAsync("two silos have two each", () => Shares(cluster) is [2, 2]);
        blocked.SetResult();
        await cluster.StopAsync(second);
        await Eventually.TrueAsync("the first silo has all again", () => Shares(cluster) is [4]);

        await cluster.SendAsync(1_000, keys, from: 2_000);
        await Eventually.TrueAsync(
            "every key has all its records", () => Enumerable.Range(0, keys).All(key => cluster.Recorder.Bodies($"key-{key}").Distinct().Count() == 30));
    }

    private static int[] Shares(WireCluster cluster) => [.. cluster.Silos.Select(silo => WireCluster.Health(silo).Partitions.Count(partition => partition.IsReadHere))];

    // What the broker has, not what the silo believes.
    private static List<(long Undecided, long? DoneOffset, long? EndOffset, long Lag)> Committed(WireCluster cluster)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = cluster.Group }).Build();
        var committed = consumer.Committed(
            Enumerable.Range(0, cluster.Topic.Partitions).Select(number => new TopicPartition(cluster.Topic.Topic, number)), Eventually.Patience);
        return [.. committed.Zip(cluster.Partitions).Select(pair =>
        {
            Assert.True(pair.First.Offset.IsSpecial || pair.First.Offset.Value <= pair.Second.DoneOffset);
            return (pair.Second.Undecided, pair.Second.DoneOffset, pair.Second.EndOffset, (pair.Second.EndOffset ?? 0) - pair.First.Offset.Value);
        })];
    }
}
