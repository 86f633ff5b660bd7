using System.Reflection;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Guarantee 6 on the wire: nothing consumed is lost, and each key keeps its order.</summary>
[Trait("Category", "Servers")]
public sealed class DeliveryTests(SharedKafka kafka)
{
    [Fact]
    public async Task every_record_is_delivered_once_and_in_order_of_its_key()
    {
        const int records = 10_000;
        const int keys = 500;
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands");

        await cluster.SendAsync(records, keys);
        await Eventually.TrueAsync("all records are delivered", () => cluster.Recorder.Count >= records);

        Assert.Equal(records, cluster.Recorder.Count);
        Assert.Equal(keys, cluster.Recorder.Keys.Count());
        foreach (var key in cluster.Recorder.Keys)
            Assert.Equal(Numbers(records / keys), cluster.Recorder.Bodies(key));
    }

    [Fact]
    public async Task a_subscriber_that_fails_for_a_while_loses_and_reorders_nothing()
    {
        const int records = 2_000;
        const int keys = 40;
        var failing = true;
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands");
        cluster.Recorder.OnBatch = (_, _) => Volatile.Read(ref failing) ? Task.FromException(new IOException("the storage is away")) : Task.CompletedTask;

        await cluster.SendAsync(records, keys);
        await Eventually.TrueAsync("health names the failing deliveries", () => cluster.Partitions.Any(each => each.Reason?.Contains("the storage is away", StringComparison.Ordinal) == true));
        Assert.Equal(0, cluster.Recorder.Count);
        Volatile.Write(ref failing, false);
        await Eventually.TrueAsync("all records are delivered", () => cluster.Recorder.Count >= records);

        Assert.Equal(records, cluster.Recorder.Count);
        foreach (var key in cluster.Recorder.Keys)
            Assert.Equal(Numbers(records / keys), cluster.Recorder.Bodies(key));
        await Eventually.TrueAsync("health is good again", () => cluster.Partitions.All(each => each.IsHealthy));
    }

    [Fact]
    public async Task a_subscriber_that_misses_a_client_of_its_own_is_not_taken_for_one_that_left()
    {
        var failing = true;
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands");
        cluster.Recorder.OnBatch = (_, _) => Volatile.Read(ref failing) ? Task.FromException(AClientIsGone()) : Task.CompletedTask;

        await cluster.SendAsync(100, keys: 4);
        await Eventually.TrueAsync("health names the failing deliveries", () => cluster.Partitions.Any(each => each.Reason?.Contains(nameof(ClientNotAvailableException), StringComparison.Ordinal) == true));
        Volatile.Write(ref failing, false);
        await Eventually.TrueAsync("all records are delivered", () => cluster.Recorder.Count >= 100);

        // Orleans keeps the constructor to itself.
        static Exception AClientIsGone() => (Exception)Activator.CreateInstance(
            typeof(ClientNotAvailableException), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, null, [GrainId.Create("sys.client", "one")], null)!;
    }

    [Fact]
    public async Task a_slow_key_does_not_hold_up_the_others_of_its_partition()
    {
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1);
        cluster.Recorder.OnBatch = (key, _) => key == "key-0" ? blocked.Task : Task.CompletedTask;

        await cluster.SendAsync(1_000, keys: 10);
        await Eventually.TrueAsync("the other keys are delivered", () => cluster.Recorder.Count >= 900);
        Assert.Empty(cluster.Recorder.Of("key-0"));
        blocked.SetResult();
        await Eventually.TrueAsync("the slow key follows", () => cluster.Recorder.Count >= 1_000);
        Assert.Equal(Numbers(100), cluster.Recorder.Bodies("key-0"));
    }

    [Fact]
    public async Task a_grain_that_does_not_activate_does_not_hold_up_the_others_of_its_partition()
    {
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1);
        cluster.Recorder.OnActivate = key => key == "key-0" ? blocked.Task : Task.CompletedTask;

        await cluster.SendAsync(10, keys: 10);
        await Eventually.TrueAsync("the other keys are delivered", () => cluster.Recorder.Count >= 9);
        await cluster.SendAsync(990, keys: 10, from: 10);
        await Eventually.TrueAsync("later records of the other keys, too", () => cluster.Recorder.Count >= 900);
        Assert.Empty(cluster.Recorder.Of("key-0"));
        blocked.SetResult();
        await Eventually.TrueAsync("the slow grain follows", () => cluster.Recorder.Count >= 1_000);
    }

    [Fact]
    public async Task reading_pauses_at_the_limit_of_undecided_records_and_goes_on_without_a_gap()
    {
        const int records = 3_000;
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 2, configure: options => options.MaxUndecidedPerPartition = 50);
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;

        await cluster.SendAsync(records, keys: 100);
        await Eventually.TrueAsync("both partitions pause", () => cluster.Partitions.Count(each => each.Paused) == 2);
        Assert.All(cluster.Partitions, each => Assert.InRange(each.Undecided, 50, 60));
        blocked.SetResult();
        await Eventually.TrueAsync("all records are delivered", () => cluster.Recorder.Count >= records);
        Assert.Equal(records, cluster.Recorder.Count);
    }

    [Fact]
    public async Task partitions_of_a_silo_share_a_limit_of_undecided_records()
    {
        const int records = 1_000;
        var blocked = new TaskCompletionSource();
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 2, configure: options => options.MaxUndecided = 60);
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;

        await cluster.SendAsync(records, keys: 100);
        await Eventually.TrueAsync("both partitions pause", () => cluster.Partitions.Count(each => each.Paused) == 2);
        // One may have taken all before the other began, which still gets its half.
        Assert.InRange(cluster.Partitions.Sum(each => each.Undecided), 60, 100);
        blocked.SetResult();
        await Eventually.TrueAsync("all records are delivered", () => cluster.Recorder.Count >= records);
        Assert.Equal(records, cluster.Recorder.Count);
    }

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(number => $"{number}");
}
