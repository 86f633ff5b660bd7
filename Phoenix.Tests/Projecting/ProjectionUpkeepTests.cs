using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>Read models are held against the log and made anew, while commands go on (guarantee 11).</summary>
[Trait("Category", "Servers")]
public sealed class ProjectionUpkeepTests(SharedPostgres postgres)
{
    private const int Accounts = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task damage_is_named_row_by_row_and_a_rebuild_mends_it_while_commands_go_on()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        var accounts = Enumerable.Range(0, Accounts).Select(number => silo.Grains.GetGrain<IAccountGrain>($"a-{number:00}")).ToList();
        await Task.WhenAll(accounts.Select(account => account.Execute(new OpenAccount("Ann", 10))));
        await RowsAsync(database, Accounts);
        var upkeep = silo.Services.GetRequiredService<IProjectionUpkeep>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        // All but the first three: what is damaged stays as it was damaged.
        var load = Task.WhenAll(accounts.Skip(3).Select(account => Task.Run(async () =>
        {
            // Slower than the rows can be compared: one that changes at each look cannot be told from a wrong one.
            using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            while (!ended.IsCancellationRequested)
            {
                await account.Execute(new Deposit(1));
                await rhythm.WaitForNextTickAsync(CancellationToken.None);
            }
        })));

        Assert.True((await upkeep.VerifyAsync("account_balances", Cancellation)).IsRight);

        await Sql.ExecuteAsync(database, """
            update phoenix.account_balances set balance = 11 where account_id = 'a-00';
            delete from phoenix.account_balances where account_id = 'a-01';
            insert into phoenix.account_balances select 'nobody', balance, version, last_change from phoenix.account_balances where account_id = 'a-02';
            """);
        var verdict = await upkeep.VerifyAsync("account_balances", Cancellation);
        Assert.Equal(0, verdict.Undecided);
        Assert.Equal(
            [("""{"account_id": "a-00"}""", true, true), ("""{"account_id": "a-01"}""", false, true), ("""{"account_id": "nobody"}""", true, false)],
            verdict.Wrong.Select(row => (row.Key, row.Found is not null, row.Expected is not null)));
        Assert.All(verdict.Wrong, row => Assert.Equal("phoenix.account_balances", row.Table));

        var rebuilt = await upkeep.RebuildAsync("account_balances", Cancellation);
        Assert.InRange(rebuilt.Changed, 3, Accounts + 1);
        Assert.True((await upkeep.VerifyAsync("account_balances", Cancellation)).IsRight);

        await ended.CancelAsync();
        await load;
        await Eventually.TrueAsync("the read model has heard of everything", async () =>
            await Sql.CountAsync(database, "phoenix.account_balances b join phoenix.mt_streams s on s.id = 'shop.account/' || b.account_id and s.version = b.version") == Accounts);
        Assert.Equal(0, await Sql.CountAsync(database, "pg_namespace where nspname like '%shadow%'"));
        Assert.Equal(0, await Sql.CountAsync(database, "phoenix.mt_event_progression where name like '%V9000%'"));
    }

    /// <summary>A row that somebody holds ends an attempt in its last step, when the replay has been stopped; the next one follows the log
    /// again.</summary>
    [Fact]
    public async Task a_rebuild_that_meets_a_row_somebody_holds_tries_again()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        var (one, other) = (silo.Grains.GetGrain<IAccountGrain>("one"), silo.Grains.GetGrain<IAccountGrain>("other"));
        await one.Execute(new OpenAccount("Ann", 10));
        await other.Execute(new OpenAccount("Bob", 10));
        await RowsAsync(database, 2);
        await Sql.ExecuteAsync(database, "update phoenix.account_balances set balance = 99 where account_id = 'one'");
        var upkeep = silo.Services.GetRequiredService<IProjectionUpkeep>();
        Task<ProjectionRebuilt> rebuild;
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(Cancellation);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await using (var command = new NpgsqlCommand("select 1 from phoenix.account_balances where account_id = 'one' for update",
                connection))
                await command.ExecuteNonQueryAsync(Cancellation);
            rebuild = upkeep.RebuildAsync("account_balances", Cancellation);
            await Eventually.TrueAsync("it waits for the row", async () => await Sql.LockWaitsAsync(database) > 0);
            // The projection waits for the rebuild's locks with it; between two attempts it goes past where the replay was stopped.
            await other.Execute(new Deposit(5));
            await Eventually.TrueAsync("the projection has gone on", async () =>
                await Sql.ScalarAsync(database, "select balance from phoenix.account_balances where account_id = 'other'") is 15m);
        }

        Assert.True((await rebuild).Changed >= 1);
        Assert.True((await upkeep.VerifyAsync("account_balances", Cancellation)).IsRight);
    }

    /// <summary>A row that is only in the tables of the broken-off rebuild shows whether the next one used them.</summary>
    [Theory]
    [InlineData("select 1", true)]
    [InlineData("comment on schema phoenix_shadow_account_balances is 'of other code'", false)]
    public async Task a_rebuild_that_was_broken_off_is_gone_on_with_where_the_code_is_the_same(string meanwhile, bool isGoneOnWith)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        await silo.Grains.GetGrain<IAccountGrain>("one").Execute(new OpenAccount("Ann", 10));
        await RowsAsync(database, 1);
        await Sql.ExecuteAsync(database, "update phoenix.account_balances set balance = 99");
        var upkeep = silo.Services.GetRequiredService<IProjectionUpkeep>();
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(Cancellation);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await using (var command = new NpgsqlCommand("select 1 from phoenix.account_balances for update", connection))
                await command.ExecuteNonQueryAsync(Cancellation);
            using var broken = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var rebuild = upkeep.RebuildAsync("account_balances", broken.Token);
            await Eventually.TrueAsync("it waits for the row", async () => await Sql.LockWaitsAsync(database) > 0);
            await broken.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebuild);
        }

        Assert.Equal(99m, await Sql.ScalarAsync(database, "select balance from phoenix.account_balances"));
        await Sql.ExecuteAsync(database, $"""
            insert into phoenix_shadow_account_balances.account_balances select 'ghost', balance, version, last_change, reserved from phoenix.account_balances;
            {meanwhile}
            """);
        await upkeep.RebuildAsync("account_balances", Cancellation);
        Assert.Equal(10m, await Sql.ScalarAsync(database, "select balance from phoenix.account_balances where account_id = 'one'"));
        Assert.Equal(isGoneOnWith ? 1 : 0, await Sql.CountAsync(database, "phoenix.account_balances where account_id = 'ghost'"));
        Assert.Equal(0, await Sql.CountAsync(database, "pg_namespace where nspname like '%shadow%'"));
    }

    [Fact]
    public async Task what_cannot_be_compared_is_refused_with_the_reason()
    {
        await using var silo = await TestSilo.StartAsync(await postgres.NewDatabaseAsync(),
            silo: orleans => Deposits.Add(orleans.Services));
        var upkeep = silo.Services.GetRequiredService<IProjectionUpkeep>();
        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => upkeep.VerifyAsync("no-such", Cancellation));
        Assert.Contains("There are: ", unknown.Message, StringComparison.Ordinal);
        var elsewhere = await Assert.ThrowsAsync<ArgumentException>(() => upkeep.RebuildAsync("deposits", Cancellation));
        Assert.Contains("'phoenix.deposits' in a schema that it names itself", elsewhere.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_projection_is_verified_or_rebuilt_by_one_at_a_time()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        await silo.Grains.GetGrain<IAccountGrain>("one").Execute(new OpenAccount("Ann", 10));
        await RowsAsync(database, 1);
        var upkeep = silo.Services.GetRequiredService<IProjectionUpkeep>();
        Assert.NotNull(await silo.Services.GetRequiredService<LeaseTable>().TakeAsync("projection-upkeep:account_balances", "another",
            TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => upkeep.VerifyAsync("account_balances", Cancellation));
        await silo.Services.GetRequiredService<LeaseTable>().LeaveAsync("projection-upkeep:account_balances", "another");
        Assert.True((await upkeep.VerifyAsync("account_balances", Cancellation)).IsRight);
    }

    private static Task RowsAsync(string database, int rows) => Eventually.TrueAsync(
        $"{rows} rows are there", async () => await Sql.CountAsync(database, "phoenix.account_balances") == rows);
}
