using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>
/// More than a silo or an aggregate can take: grain callers are told to come again, what was taken is answered, and then everything goes
/// on.
/// </summary>
[Trait("Category", "Servers")]
public sealed class OverloadTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly Hindrances _hindrances = new();
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        var limits = new AggregateOptions { HandlerTimeLimit = TimeSpan.FromMinutes(5), MaxInFlight = 10, MaxInFlightPerAggregate = 4, MaxInFlightBytes = 2_000 };
        _silo = await TestSilo.StartAsync(await postgres.NewDatabaseAsync(), silo: silo => silo.Services.AddSingleton<IHindrance>(_hindrances).AddSingleton(limits));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task an_aggregate_whose_queue_is_full_tells_its_callers_and_delays_nobody_else()
    {
        var counter = New();
        var gate = _hindrances.Gate("full", out var reached);
        var taken = new List<Task<Outcome>> { counter.Execute(new AddWhenLet(1, "full"), CounterSilo.Id("first")) };
        await reached;
        taken.AddRange(Enumerable.Range(0, 3).Select(_ => counter.Execute(new Add(1))));

        var busy = await Assert.ThrowsAsync<BusyException>(() => counter.Execute(new Add(100), CounterSilo.Id("again")));
        Assert.Equal(ErrorCodes.Busy, busy.Code);
        Assert.InRange(busy.RetryAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<BusyException>(() => counter.Query(new GetTotal()));
        Assert.True((await New().Execute(new Add(1))).IsAccepted);
        // A repeat of what is on its way adds nothing to the queue.
        var repeat = counter.Execute(new AddWhenLet(1, "full"), CounterSilo.Id("first"));

        gate.SetResult();
        Assert.All(await Task.WhenAll(taken), outcome => Assert.True(outcome.IsAccepted));
        Assert.True((await repeat).Repeated);
        Assert.Equal(104, (await counter.Execute(new Add(100), CounterSilo.Id("again"))).Reply<int>());
    }

    [Fact]
    public async Task a_silo_whose_queue_is_full_takes_no_more_until_it_has_room()
    {
        var gate = new TaskCompletionSource();
        var waiting = 0;
        _hindrances.Deed("crowd", () =>
        {
            Interlocked.Increment(ref waiting);
            return gate.Task;
        });
        var taken = Enumerable.Range(0, 10).Select(_ => New().Execute(new AddWhenLet(1, "crowd"))).ToList();
        await Eventually.TrueAsync("the silo is full", () => Volatile.Read(ref waiting) == 10);
        var late = New();
        await Assert.ThrowsAsync<BusyException>(() => late.Query(new GetTotal()));
        await Assert.ThrowsAsync<BusyException>(() => late.Execute(new Add(1)));

        gate.SetResult();
        Assert.All(await Task.WhenAll(taken), outcome => Assert.True(outcome.IsAccepted));
        Assert.True((await late.Execute(new Add(1))).IsAccepted);
        Assert.Equal(1, await late.Query(new GetTotal()));
    }

    [Fact]
    public async Task bytes_count_too_and_one_large_command_is_still_taken()
    {
        var large = new Add(1, new string('x', 5_000));
        Assert.True((await New().Execute(large)).IsAccepted);

        var gate = _hindrances.Gate("bytes", out var reached);
        var taken = New().Execute(new AddWhenLet(1, "bytes"));
        await reached;
        await Assert.ThrowsAsync<BusyException>(() => New().Execute(large));
        Assert.True((await New().Execute(new Add(1))).IsAccepted);
        gate.SetResult();
        Assert.True((await taken).IsAccepted);
        Assert.True((await New().Execute(large)).IsAccepted);
    }

    private ICounterGrain New() => _silo.Grains.GetGrain<ICounterGrain>(Guid.NewGuid().ToString("N"));
}
