using Npgsql;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// The database is set back to a backup, as docs/guides/operations.md says: what topics still have since then takes effect again, once.
/// </summary>
[Trait("Category", "Servers")]
public sealed class RestoreTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService _service = null!;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task commands_since_the_backup_are_decided_again_and_those_before_it_are_not()
    {
        var key = await _service.NewAccountAsync();
        var before = await DepositAsync(key, 5);
        await _service.AllCommittedAsync();
        await _service.StopSiloAsync();
        await CopyAsync(_service.Database, $"{Name(_service.Database)}_backup");

        await _service.StartSiloAsync();
        var since = await DepositAsync(key, 5);
        await _service.AllCommittedAsync();
        await _service.StopSiloAsync();
        await CopyAsync($"{Name(_service.Database)}_backup", Name(_service.Database));

        _service.Wire.ForgetPositions("shop.account");
        await _service.StartSiloAsync();
        await _service.AllCommittedAsync();
        var ledger = await _service.LedgerAsync($"shop.account/{key}");
        Assert.Equal(before.Concat(since).Order(), ledger.Where(row => row.Command == "shop.deposit").Select(row => row.Id).Order());
        Assert.Equal(10L, await Sql.ScalarAsync(_service.Database, $"select count(*) from phoenix.mt_events where stream_id = 'shop.account/{key}' and type = 'shop.money-deposited'"));
    }

    private async Task<List<string>> DepositAsync(string key, int count)
    {
        var ids = new List<string>();
        for (var number = 0; number < count; number++)
        {
            var deposit = _service.Account(key, "deposit", """{"amount":1}""");
            Assert.Equal("accepted", (await _service.Wire.RequestAsync(deposit)).Status);
            ids.Add(deposit.Id);
        }

        return ids;
    }

    /// <summary>Puts a copy of a database in the place of another.</summary>
    private async Task CopyAsync(string from, string to)
    {
        var server = new NpgsqlConnectionStringBuilder(_service.Database) { Database = "postgres", Pooling = false }.ConnectionString;
        await Sql.ExecuteAsync(server, $"drop database if exists \"{to}\" with (force)");
        await Sql.ExecuteAsync(server, $"create database \"{to}\" template \"{Name(from)}\"");
    }

    private static string Name(string database) =>
        database.Contains('=', StringComparison.Ordinal) ? new NpgsqlConnectionStringBuilder(database).Database! : database;
}
