using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Phoenix.Aggregates;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Faults;
using Phoenix.Tests.Engine;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>
/// A silo that delivers timers and sends, whose way to PostgreSQL leads through a proxy, with times that tests can wait for.
/// </summary>
public sealed class AlarmSilo(SharedPostgres postgres) : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public string Database { get; private set; } = null!;
    public PostgresFaultProxy Proxy { get; private set; } = null!;
    internal Hindrances Hindrances { get; } = new();
    internal IServiceProvider Services => _silo.Services;
    internal IGrainFactory Grains => _silo.Grains;
    internal DueQueue Queue => Services.GetRequiredService<DueQueue>();

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync();
        Proxy = new PostgresFaultProxy(Database, isWrite: ProxiedLog.IsAppend);
        _silo = await StartAsync(Proxy.ConnectionString);
    }

    public IAlarmGrain New() => Of(_silo, Guid.NewGuid().ToString("N"));

    internal static IAlarmGrain Of(TestSilo silo, string id) => silo.Grains.GetGrain<IAlarmGrain>(id);

    internal static string StreamOf(IAlarmGrain alarm) => $"tests.alarm/{alarm.GetPrimaryKeyString()}";

    internal Task<TestSilo> StartAsync(string connectionString, Action<DueOptions>? configure = null, TimeProvider? time = null)
    {
        var due = new DueOptions
        {
            SweepEvery = TimeSpan.FromMilliseconds(50), LeaseTime = TimeSpan.FromSeconds(1), SendGrace = TimeSpan.FromMilliseconds(500), FirstPause = TimeSpan.FromMilliseconds(20),
            LongestPause = TimeSpan.FromMilliseconds(100), Attempts = 4,
        };
        configure?.Invoke(due);
        return TestSilo.StartAsync(connectionString, domains: [typeof(Alarm).Assembly, typeof(global::Shop.Accounts.Account).Assembly], silo: silo => silo.Services
            .AddSingleton<IHindrance>(Hindrances)
            .AddSingleton(due)
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(new AggregateOptions { HandlerTimeLimit = TimeSpan.FromSeconds(2), BrokenFor = TimeSpan.FromMilliseconds(200) })
            // A silo whose clock is an hour off may need longer to join than others give it.
            .Configure<ClusterMembershipOptions>(options => options.EvictWhenMaxJoinAttemptTimeExceeded = time is null)
            .Configure<EventStoreOptions>(options => (options.AttemptTimeLimit, options.CommitTimeLimit, options.ReadTimeLimit) =
                (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2))));
    }

    internal static Task RingsAsync(IAlarmGrain alarm, params string[] expected) => Eventually.TrueAsync(
        $"rings: {string.Join(", ", expected)}", async () => (await RingsOf(alarm)).SequenceEqual(expected));

    internal static Task<string[]> RingsOf(IAlarmGrain alarm) => alarm.Query(new GetRings());

    internal async Task<IReadOnlyList<DueItem>> RowsAsync(IAlarmGrain alarm) => await Queue.ListAsync(DuePlace.First, 100, owner: StreamOf(alarm));

    internal Task NoRowsAsync(IAlarmGrain alarm) => Eventually.TrueAsync("its rows are gone", async () => (await RowsAsync(alarm)).Count == 0);

    /// <summary>
    /// Makes a row due now, its time or some time after it: one that is put before where the sweeper reads would wait a minute to be found.
    /// </summary>
    internal async Task ComeAsync(IAlarmGrain alarm, string ago = "0 s") => Assert.NotEqual(0L, await Sql.ScalarAsync(Database, $"""
        with changed as (update phoenix.phoenix_due set due = now(), scheduled = now() - interval '{ago}' where owner = '{StreamOf(alarm)}' returning 1) select count(*) from changed
        """));

    internal async Task ConsistentAsync() => Assert.Equal(0, await EventLog.InconsistenciesAsync(Database));

    public async ValueTask DisposeAsync()
    {
        Proxy.Pass();
        await _silo.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
