using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Client;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>
/// An aggregate takes records from the agent on its own silo without a call, and is none the less a grain: in its turns, in use, and
/// finished before it leaves.
/// </summary>
[Trait("Category", "Servers")]
public sealed class LocalDeliveryTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncDisposable
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..12];
    private readonly Hindrances _hindrances = new();
    private readonly Calls _calls = new();
    private readonly AggregateOptions _options = new();
    private readonly string _id = Guid.NewGuid().ToString("N");
    private TestSilo _silo = null!;
    private TestClient _client = null!;

    private async Task StartAsync()
    {
        var bootstrap = await kafka.BootstrapAsync();
        // The embedded broker would choose a number of partitions by itself.
        if (!SharedKafka.IsReal) await kafka.CreateTopicAsync($"{_prefix}.tests.counter.commands", 1);
        _silo = await TestSilo.StartAsync(
            await postgres.NewDatabaseAsync(),
            options => (options.Kafka, options.TopicPrefix, options.Partitions) = (bootstrap, _prefix, 1),
            [typeof(Counter).Assembly, typeof(global::Shop.Accounts.Account).Assembly],
            silo => silo.AddIncomingGrainCallFilter(_calls).Services.AddSingleton<IHindrance>(_hindrances).AddSingleton(_options));
        _client = await TestClient.StartAsync(bootstrap, _prefix);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _silo.DisposeAsync();
    }

    private ICounterGrain Grain => _silo.Grains.GetGrain<ICounterGrain>(_id);

    [Fact]
    public async Task one_in_use_is_called_only_now_and_then_and_not_taken_for_idle()
    {
        var idle = _options.IdleAfterOf["tests.counter"] = TimeSpan.FromSeconds(8);
        await StartAsync();
        var (started, longest, requests) = (Stopwatch.GetTimestamp(), TimeSpan.Zero, 0);
        while (Stopwatch.GetElapsedTime(started) < idle * 2.5)
        {
            var sent = Stopwatch.GetTimestamp();
            Assert.Equal(++requests, (await AddAsync()).Reply<int>());
            // The first one activates it.
            if (requests > 1 && Stopwatch.GetElapsedTime(sent) is var took && took > longest) longest = took;
        }

        // Calls come no more often than the options say, and one that is called is the same all the time unless the machine stood still for
        // as long as idle aggregates stay.
        Assert.InRange(_calls.Activations.Count, 2, 1 + (Stopwatch.GetElapsedTime(started) / _options.CallAfter("tests.counter")));
        Assert.True(requests > 2 * _calls.Activations.Count, $"{requests} requests, {_calls.Activations.Count} of them by calls.");
        Assert.True(_calls.Activations.Distinct().Count() == 1 || longest > idle / 2, $"It was activated {_calls.Activations.Distinct().Count()} times while it was in use.");
    }

    [Fact]
    public async Task what_it_took_without_a_call_is_decided_in_its_turns()
    {
        await StartAsync();
        var schedulers = new ConcurrentQueue<TaskScheduler>();
        _hindrances.Deed("look", () =>
        {
            schedulers.Enqueue(TaskScheduler.Current);
            return Task.CompletedTask;
        });
        await Grain.Execute(new AddWhenLet(1, "look"));
        for (var i = 0; i < 5; i++) await _client.Phoenix.RequestAsync(_id, new AddWhenLet(1, "look"));

        Assert.Equal(6, schedulers.Count);
        Assert.Single(schedulers.Distinct());
        Assert.NotSame(TaskScheduler.Default, schedulers.First());
        Assert.Single(_calls.Activations);
    }

    [Fact]
    public async Task one_that_leaves_first_ends_what_it_took()
    {
        await StartAsync();
        var gate = _hindrances.Gate("gate", out var reached);
        await AddAsync();
        var taken = _client.Phoenix.RequestAsync(_id, new AddWhenLet(1, "gate"));
        await reached.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Single(_calls.Activations);

        await CounterSilo.ReactivateAsync(Grain);
        await Eventually.TrueAsync("it has begun to leave", () => _silo.Services.GetRequiredService<LocalSubscribers>().Find(Grain.GetGrainId()) is null);
        var next = Grain.Execute(new Add(1));
        // One that left without waiting would make room for another, which answers at once.
        await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        Assert.False(next.IsCompleted);
        gate.SetResult();

        Assert.Equal(2, (await taken).VersionAfter);
        Assert.Equal(3, (await next).VersionAfter);
        Assert.Equal(4, (await AddAsync()).VersionAfter);
    }

    private Task<Phoenix.Messages.Outcome> AddAsync() => _client.Phoenix.RequestAsync(_id, new Add(1));

    /// <summary>The activations that were called with records, each time.</summary>
    private sealed class Calls : IIncomingGrainCallFilter
    {
        public ConcurrentQueue<ActivationId> Activations { get; } = new();

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName == "DeliverBatch") Activations.Enqueue(context.TargetContext.ActivationId);
            return context.Invoke();
        }
    }
}
