using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A subscriber that takes records without a call is served like one that is called.</summary>
[Trait("Category", "Servers")]
public sealed class LocalSubscriberTests(SharedKafka kafka)
{
    private const int Records = 200;

    [Fact]
    public async Task it_gets_what_comes_in_order_and_is_not_called()
    {
        await using var cluster = await StartAsync();
        var taken = new Taking(_ => Task.FromResult(true));
        Subscribe(cluster, "key-0", taken);

        await cluster.SendAsync(Records, keys: 2);
        await Eventually.TrueAsync("all records are delivered", () => taken.Bodies.Count + cluster.Recorder.Count >= Records);

        Assert.Equal(Numbers, taken.Bodies);
        Assert.Equal(["key-1"], cluster.Recorder.Keys);
        Assert.Equal(Numbers, cluster.Recorder.Bodies("key-1"));
        await Eventually.TrueAsync("all of them are done", () => cluster.Partitions.All(each => each.Undecided == 0));
    }

    [Fact]
    public async Task what_it_declines_comes_by_a_call()
    {
        await using var cluster = await StartAsync();
        var taken = new Taking(number => Task.FromResult(number % 2 == 0));
        Subscribe(cluster, "key-0", taken);

        for (var i = 0; i < 10; i++)
        {
            await cluster.SendAsync(1, keys: 1, from: i);
            await Eventually.TrueAsync("the record is delivered", () => taken.Bodies.Count + cluster.Recorder.Count > i);
        }

        Assert.NotEmpty(taken.Bodies);
        Assert.NotEmpty(cluster.Recorder.Bodies("key-0"));
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"{number}"), taken.Bodies.Concat(cluster.Recorder.Bodies("key-0")).OrderBy(int.Parse));
    }

    [Fact]
    public async Task what_it_fails_at_comes_again_and_health_says_why()
    {
        await using var cluster = await StartAsync();
        var failing = true;
        var taken = new Taking(_ => Volatile.Read(ref failing) ? Task.FromException<bool>(new IOException("the storage is away")) : Task.FromResult(true));
        Subscribe(cluster, "key-0", taken);

        await cluster.SendAsync(Records / 2, keys: 1);
        await Eventually.TrueAsync("health names the failing delivery", () => cluster.Partitions.Any(each => each.Reason?.Contains("the storage is away", StringComparison.Ordinal) == true));
        Assert.Empty(taken.Bodies);
        Volatile.Write(ref failing, false);
        await Eventually.TrueAsync("all records are delivered", () => taken.Bodies.Count >= Records / 2);

        Assert.Equal(Numbers, taken.Bodies);
        Assert.Equal(0, cluster.Recorder.Count);
        await Eventually.TrueAsync("health is good again", () => cluster.Partitions.All(each => each.IsHealthy));
    }

    [Fact]
    public async Task what_hangs_is_told_after_the_time_of_a_call_and_comes_again()
    {
        await using var cluster = await StartAsync();
        cluster.Silos[0].ServiceProvider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout = TimeSpan.FromMilliseconds(200);
        var hanging = new TaskCompletionSource<bool>();
        var taken = new Taking(number => number == 0 ? hanging.Task : Task.FromResult(true));
        Subscribe(cluster, "key-0", taken);

        await cluster.SendAsync(1, keys: 1);
        await Eventually.TrueAsync("the record is delivered after all", () => taken.Bodies.Count == 1);

        Assert.False(hanging.Task.IsCompleted);
        Assert.True(taken.Tries >= 2);
    }

    private Task<WireCluster> StartAsync() => WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1);

    private static IEnumerable<string> Numbers => Enumerable.Range(0, Records / 2).Select(number => $"{number}");

    private static void Subscribe(WireCluster cluster, string key, ILocalSubscriber subscriber)
    {
        var services = cluster.Silos[0].ServiceProvider;
        services.GetRequiredService<LocalSubscribers>().Add(services.GetRequiredService<IGrainFactory>().GetGrain<IRecordingGrain>(key).GetGrainId(), subscriber);
    }

    /// <summary>Takes what the answer to the number of the attempt says.</summary>
    private sealed class Taking(Func<int, Task<bool>> answer) : ILocalSubscriber
    {
        private readonly List<string> _bodies = [];
        private int _tries;

        public int Tries => Volatile.Read(ref _tries);

        public IReadOnlyList<string> Bodies
        {
            get
            {
                lock (_bodies) return [.. _bodies];
            }
        }

        public async Task<bool> TryTakeAsync(StreamId stream, IReadOnlyList<KafkaMessage> messages)
        {
            if (!await answer(Interlocked.Increment(ref _tries) - 1)) return false;
            lock (_bodies) _bodies.AddRange(messages.Select(message => System.Text.Encoding.UTF8.GetString(message.Body.Span)));
            return true;
        }
    }
}
