using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A native client that goes under a call takes the process with it, or its memory.</summary>
public sealed class NativeClientTests
{
    [Fact]
    public async Task it_stays_until_the_last_call_inside_has_ended_and_lets_no_other_in()
    {
        using var inside = new Barrier(3);
        using var ends = new ManualResetEventSlim();
        var native = new Watched();
        var client = new NativeClient<Watched>(native);
        var calls = Enumerable.Range(0, 2).Select(_ => Task.Run(() => client.Use(own =>
        {
            inside.SignalAndWait(Token);
            ends.Wait(Token);
            return own.IsDisposed;
        }))).ToList();
        inside.SignalAndWait(Token);

        client.Dispose();
        client.Dispose();
        Assert.False(native.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => client.Use(_ => 0));

        ends.Set();
        Assert.All(await Task.WhenAll(calls), Assert.False);
        await Eventually.TrueAsync("the last one takes it away", () => native.IsDisposed);
    }

    [Fact]
    public async Task it_stays_until_a_question_is_answered()
    {
        var native = new Watched();
        var client = new NativeClient<Watched>(native);
        var answer = new TaskCompletionSource<int>();
        var asked = client.AskAsync(_ => answer.Task);
        client.Dispose();
        Assert.False(native.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.AskAsync(_ => answer.Task));

        answer.SetResult(1);
        Assert.Equal(1, await asked);
        await Eventually.TrueAsync("the last one takes it away", () => native.IsDisposed);
    }

    [Fact]
    public void a_call_that_fails_leaves_as_well()
    {
        var native = new Watched();
        using (var client = new NativeClient<Watched>(native)) Assert.Throws<TimeoutException>(() => client.Use<int>(_ => throw new TimeoutException()));
        Assert.True(native.IsDisposed);
    }

    [Fact]
    public async Task a_question_for_a_topic_outlives_the_sender_that_asks_it()
    {
        // Nobody listens there, so that the question takes as long as it may.
        var producer = new NativeClient<IProducer<byte[]?, byte[]?>>(
            new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = "127.0.0.1:1" }).SetLogHandler((_, _) => { }).Build());
        var refresh = new TopicRefresh();
        var record = new KafkaRecord { Topic = "t", Key = "k", Id = "1", Type = "t.t", Source = "/test" };
        var asked = refresh.FindsAsync(producer, record);
        producer.Dispose();

        Assert.False(await asked);
        var later = refresh.FindsAsync(producer, record);
        Assert.False(await later.WaitAsync(TimeSpan.FromSeconds(2), Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Watched : IDisposable
    {
        private volatile bool _isDisposed;

        public bool IsDisposed => _isDisposed;

        public void Dispose() => _isDisposed = true;
    }
}
