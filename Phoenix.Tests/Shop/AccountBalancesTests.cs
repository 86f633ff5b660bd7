using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Shop;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Shop;

[Trait("Category", "Servers")]
public sealed class AccountBalancesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Schema = "shop";
    private static readonly TimeSpan Deadline = Eventually.Patience;
    private NpgsqlDataSource _database = null!;
    private ServiceProvider _services = null!;
    private ILogStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var connectionString = await postgres.NewDatabaseAsync();
        _database = NpgsqlDataSource.Create(connectionString);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMartenStore<ILogStore>(options =>
        {
            options.Connection(connectionString);
            options.DatabaseSchemaName = Schema;
            options.Events.StreamIdentity = StreamIdentity.AsString;
            foreach (var @event in AggregateModel.Of(typeof(Account)).Events.Values) options.Events.MapEventType(@event.Type, @event.Name);
        }).AddAsyncDaemon(DaemonMode.Solo);
        new ShopModule().Configure(services);
        _services = services.BuildServiceProvider();
        _store = _services.GetRequiredService<ILogStore>();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task a_row_carries_balance_version_and_time_of_the_last_event()
    {
        await Append("A", new AccountOpened("Ann"), new MoneyDeposited(10.50m), new MoneyWithdrawn(3.25m));
        await Append("B/1", new AccountOpened("Bob"), new AccountClosed());
        await Project();

        var rows = await Rows();

        Assert.Equal([("A", 7.25m, 3L), ("B/1", 0m, 2L)], rows.Select(row => (row.Id, row.Balance, row.Version)));
        Assert.Equal(await TimeOfLastEvent("A"), rows[0].LastChange);
    }

    [Fact]
    public async Task an_event_projected_twice_changes_nothing()
    {
        await Append("A", new AccountOpened("Ann"), new MoneyDeposited(10));
        await Project();
        var before = await Rows();

        await using var session = _store.LightweightSession();
        var projection = new AccountBalances(Schema);
        foreach (var @event in await session.Events.FetchStreamAsync("shop.account/A", token: Cancellation))
            await projection.ApplyAsync(session, @event, Cancellation);
        await session.SaveChangesAsync(Cancellation);

        Assert.Equal(before, await Rows());
    }

    [Fact]
    public async Task a_rebuild_mends_a_damaged_table()
    {
        await Append("A", new AccountOpened("Ann"), new MoneyDeposited(10));
        await Project();
        var before = await Rows();
        await Execute($"update {Schema}.account_balances set balance = 99, version = 99");
        await Execute($"insert into {Schema}.account_balances values ('nobody', 1, 1, now())");

        using var daemon = await _store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync("account_balances", Cancellation);

        Assert.Equal(before, await Rows());
    }

    [Fact]
    public async Task events_go_on_after_a_rebuild()
    {
        await Append("A", new AccountOpened("Ann"), new MoneyDeposited(10));
        using (var daemon = await _store.BuildProjectionDaemonAsync()) await daemon.RebuildProjectionAsync("account_balances", Cancellation);
        await Append("A", new MoneyDeposited(5));
        await Project();

        Assert.Equal([("A", 15m, 3L)], (await Rows()).Select(row => (row.Id, row.Balance, row.Version)));
    }

    [Fact]
    public async Task a_row_shows_what_is_reserved()
    {
        await Append(
            "A", new AccountOpened("Ann"), new MoneyDeposited(10), new MoneyReserved(6), new MoneyReserved(3), new ReservedMoneyPaid(6));
        await Append("B", new AccountOpened("Bob"), new MoneyDeposited(10), new MoneyReserved(6), new ReservedMoneyReleased(6));
        await Project();

        Assert.Equal((4m, 3m), await BalanceAndReservedOf("A"));
        Assert.Equal((10m, 0m), await BalanceAndReservedOf("B"));
    }

    private async Task<(decimal Balance, decimal Reserved)> BalanceAndReservedOf(string account)
    {
        await using var command = _database.CreateCommand(
            $"select balance, reserved from {Schema}.account_balances where account_id = '{account}'");
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        Assert.True(await reader.ReadAsync(Cancellation));
        return (reader.GetDecimal(0), reader.GetDecimal(1));
    }

    private async Task Append(string account, params object[] events)
    {
        await using var session = _store.LightweightSession();
        session.Events.Append($"shop.account/{account}", events);
        await session.SaveChangesAsync(Cancellation);
    }

    private async Task Project()
    {
        using var daemon = await _store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Deadline);
        await daemon.StopAllAsync();
    }

    private async Task<DateTimeOffset> TimeOfLastEvent(string account)
    {
        await using var session = _store.LightweightSession();
        return (await session.Events.FetchStreamAsync($"shop.account/{account}", token: Cancellation))[^1].Timestamp;
    }

    private async Task<List<(string Id, decimal Balance, long Version, DateTimeOffset LastChange)>> Rows()
    {
        await using var command = _database.CreateCommand($"select account_id, balance, version, last_change from {Schema}.account_balances order by account_id");
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var rows = new List<(string, decimal, long, DateTimeOffset)>();
        while (await reader.ReadAsync(Cancellation))
            rows.Add((reader.GetString(0), reader.GetDecimal(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return rows;
    }

    private async Task Execute(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
