using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Phoenix.Aggregates;
using Phoenix.Health;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>A handler that never returns is told: no loop can do it, so somebody else looks.</summary>
[Trait("Category", "Servers")]
public sealed class StuckHandlerTests(SharedPostgres postgres) : IAsyncLifetime, ILoggerProvider, ILogger
{
    private readonly Hindrances _hindrances = new();
    private readonly ConcurrentQueue<string> _logged = new();
    private readonly TestFolder _dumps = new();
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync(await postgres.NewDatabaseAsync(), silo: silo =>
    {
        silo.AddPhoenixHealthChecks();
        silo.Services.AddSingleton<IHindrance>(_hindrances).AddSingleton<ILoggerProvider>(this)
            .AddSingleton(new AggregateOptions { HandlerTimeLimit = TimeSpan.FromSeconds(1), StuckDumpFolder = _dumps.Path });
    });

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _dumps.Dispose();
    }

    /// <summary>One that is found in the stack by its name.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StandsHere(ManualResetEventSlim block) => block.Wait(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task one_that_blocks_is_in_health_and_log_until_it_returns(bool hasAwaited)
    {
        var (counter, other) = (New(), New());
        using var block = new ManualResetEventSlim();
        _hindrances.Deed("block", async () =>
        {
            if (hasAwaited) await Task.Yield();
            StandsHere(block);
        });
        Assert.Equal(HealthStatus.Healthy, (await DecisionsAsync()).Status);
        var blocked = counter.Execute(new AddWhenLet(1, "block"));

        HealthReportEntry found = default;
        await Eventually.TrueAsync("health tells of it", async () => (found = await DecisionsAsync()).Status == HealthStatus.Degraded);
        Assert.Contains("'tests.add-when-let'", found.Description, StringComparison.Ordinal);
        Assert.Contains("'tests.counter'", found.Description, StringComparison.Ordinal);
        Assert.DoesNotContain(counter.GetPrimaryKeyString(), found.Description, StringComparison.Ordinal);
        await Eventually.TrueAsync("the log tells of it", () => Names(counter).Any());
        Assert.Single(Names(counter));
        Assert.True((await other.Execute(new Add(1))).IsAccepted);

        await Eventually.TrueAsync("the log has its stack", () => Stacks.Any());
        Assert.Contains(nameof(StandsHere), Stacks.Single(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_dumps.Path));
        // A second one while the first does not return: it is named, and the silo does not stand still for it again.
        var second = New();
        var blockedToo = second.Execute(new AddWhenLet(1, "block"));
        await Eventually.TrueAsync("the log names the second", () => Names(second).Any());
        block.Set();
        await ((Task)blockedToo).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Eventually.TrueAsync("health tells that it has returned", async () => (await DecisionsAsync()).Status == HealthStatus.Healthy);
        await ((Task)blocked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.True((await counter.Execute(new Add(1))).IsAccepted);
        Assert.Single(Stacks);
    }

    private IEnumerable<string> Names(ICounterGrain counter) => _logged.Where(
        line => line.Contains($"'tests.add-when-let' in '{CounterSilo.StreamOf(counter)}'", StringComparison.Ordinal));

    private IEnumerable<string> Stacks => _logged.Where(line => line.StartsWith("Where handlers stand", StringComparison.Ordinal));

    private ICounterGrain New() => _silo.Grains.GetGrain<ICounterGrain>(Guid.NewGuid().ToString("N"));

    private async Task<HealthReportEntry> DecisionsAsync()
    {
        var health = _silo.Services.GetRequiredService<HealthCheckService>();
        return (await health.CheckHealthAsync(check => check.Name == "decisions", TestContext.Current.CancellationToken)).Entries["decisions"];
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    void IDisposable.Dispose()
    {
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Error) _logged.Enqueue(formatter(state, exception));
    }

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
