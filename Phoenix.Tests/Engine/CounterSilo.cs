using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Phoenix.Aggregates;
using Phoenix.EventStore;
using Phoenix.Faults;
using Phoenix.Messages;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>A silo whose way to PostgreSQL leads through a proxy, with time limits that tests can wait for.</summary>
public sealed class CounterSilo(SharedPostgres postgres) : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private TestSilo? _stranger;

    public string Database { get; private set; } = null!;
    public PostgresFaultProxy Proxy { get; private set; } = null!;
    internal Hindrances Hindrances { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync();
        Proxy = new PostgresFaultProxy(Database, isWrite: ProxiedLog.IsAppend);
        _silo = await StartAsync(Proxy.ConnectionString);
    }

    /// <summary>A counter that nobody used before.</summary>
    public ICounterGrain New() => _silo.Grains.GetGrain<ICounterGrain>(Guid.NewGuid().ToString("N"));

    /// <summary>The same counter at a silo that does not know of this one: split brain.</summary>
    internal async Task<ICounterGrain> StrangerAsync(ICounterGrain counter)
    {
        _stranger ??= await StartAsync(Database);
        return _stranger.Grains.GetGrain<ICounterGrain>(counter.GetPrimaryKeyString());
    }

    internal Task<TestSilo> StartAsync(string connectionString) => StartAsync(connectionString, Hindrances);

    internal static Task<TestSilo> StartAsync(string connectionString, IHindrance hindrances) => TestSilo.StartAsync(
        connectionString, phoenix => phoenix.SnapshotEvery = 10, [typeof(Counter).Assembly, typeof(global::Shop.Accounts.Account).Assembly], silo => silo.Services
            .AddSingleton(hindrances)
            .AddSingleton(new AggregateOptions { HandlerTimeLimit = TimeSpan.FromSeconds(2), BrokenFor = TimeSpan.FromMilliseconds(200), Attempts = 3 })
            .Configure<EventStoreOptions>(options =>
            {
                options.AttemptTimeLimit = TimeSpan.FromSeconds(1);
                options.CommitTimeLimit = TimeSpan.FromSeconds(3);
                options.ReadTimeLimit = TimeSpan.FromSeconds(2);
            }));

    /// <summary>Ends the activation: the next call gets a new one.</summary>
    internal static async Task ReactivateAsync(ICounterGrain counter) => await counter.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    internal static string StreamOf(ICounterGrain counter) => $"tests.counter/{counter.GetPrimaryKeyString()}";

    internal Task<T> ScalarAsync<T>(string sql) => EventLog.ScalarAsync<T>(Database, sql);

    /// <summary>Changes rows and fails when there are none.</summary>
    internal async Task ChangeAsync(string sql) => Assert.NotEqual(0, await ScalarAsync<long>($"with changed as ({sql} returning 1) select count(*) from changed"));

    internal async Task ConsistentAsync() => Assert.Equal(0, await EventLog.InconsistenciesAsync(Database));

    internal static CommandOptions Id(string id, bool mayBeRepeat = false) => new() { CommandId = id, MayBeRepeat = mayBeRepeat };

    public async ValueTask DisposeAsync()
    {
        Proxy.Pass();
        if (_stranger is not null) await _stranger.DisposeAsync();
        await _silo.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
