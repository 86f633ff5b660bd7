using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>
/// A decision is its own caller's: what flows with a call, and what its handler asks the container for, is nobody else's.
/// </summary>
[Trait("Category", "Servers")]
public sealed class CallerContextTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Tenant = "tenant";
    private readonly Hindrances _hindrances = new();
    private readonly ConcurrentQueue<Session> _sessions = new();
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync(
        await postgres.NewDatabaseAsync(), silo: silo => silo.Services.AddScoped<IHindrance>(_ => Opened(new Session(_hindrances))));

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task a_handler_sees_the_request_context_of_its_own_caller()
    {
        var counter = New();
        var seen = new ConcurrentQueue<object?>();
        var gate = _hindrances.Gate("first", out var reached);
        _hindrances.Deed("look", async () =>
        {
            seen.Enqueue(RequestContext.Get(Tenant));
            await Task.Yield();
            seen.Enqueue(RequestContext.Get(Tenant));
        });
        // The first caller sets the loop going; the others come while it runs.
        var calls = new List<Task<Outcome>> { As("a", () => counter.Execute(new AddWhenLet(1, "first"))) };
        await reached.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        calls.Add(As("b", () => counter.Execute(new AddWhenLet(1, "look"))));
        await counter.History();
        calls.Add(As(null, () => counter.Execute(new AddWhenLet(1, "look"))));
        await counter.History();
        gate.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(["b", "b", null, null], seen);
    }

    [Fact]
    public async Task a_handler_has_services_of_its_own_which_end_with_it()
    {
        var counter = New();
        var gate = _hindrances.Gate("slow", out var reached);
        var slow = counter.Execute(new AddWhenLet(1, "slow"));
        await reached.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.False(Assert.Single(_sessions).IsEnded);
        gate.SetResult();
        await slow;
        for (var i = 0; i < 3; i++) await counter.Execute(new AddWhenLet(1, "quick"));
        await counter.Execute(new Add(1));

        Assert.Equal(4, _sessions.Count);
        Assert.All(_sessions, session => Assert.True(session.IsEnded));
    }

    private ICounterGrain New() => _silo.Grains.GetGrain<ICounterGrain>(Guid.NewGuid().ToString("N"));

    private Session Opened(Session session)
    {
        _sessions.Enqueue(session);
        return session;
    }

    private static Task<Outcome> As(string? tenant, Func<Task<Outcome>> call)
    {
        if (tenant is not null) RequestContext.Set(Tenant, tenant);
        var calling = call();
        RequestContext.Clear();
        return calling;
    }

    private sealed class Session(Hindrances hindrances) : IHindrance, IAsyncDisposable
    {
        public bool IsEnded { get; private set; }

        public Task Before(string command, CancellationToken cancellation) => hindrances.Before(command, cancellation);

        public ValueTask DisposeAsync()
        {
            IsEnded = true;
            return ValueTask.CompletedTask;
        }
    }
}
