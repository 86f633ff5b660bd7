using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Phoenix.EventStore.Projecting;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>Silos share the projections evenly, each by a lease with an epoch, and who has lost one writes nothing (decision 0036).</summary>
[Trait("Category", "Servers")]
public sealed class ProjectionSpreadTests(SharedPostgres postgres)
{
    private const string Balances = "projection:account_balances:All";

    // Three of the shop's, and this one.
    private static readonly Action<ISiloBuilder> Four = Totals.Of(1);

    [Fact]
    public async Task silos_share_them_evenly_and_take_over_those_of_one_that_stops()
    {
        var database = await postgres.NewDatabaseAsync();
        var first = await TestSilo.StartAsync(database, silo: Four);
        await RunsAsync(first, 4);
        await using var second = await TestSilo.StartAsync(database, silo: Four);
        await RunsAsync(second, 2);
        await RunsAsync(first, 2);
        var account = await NewAccountAsync(second);
        await account.Execute(new Deposit(5));
        await ReadModelsSayAsync(database, 5);

        await first.DisposeAsync();
        await RunsAsync(second, 4);
        await account.Execute(new Deposit(1));
        await ReadModelsSayAsync(database, 6);
        Assert.Equal(1, await Sql.CountAsync(database, "phoenix.phoenix_projection_silos"));
    }

    [Fact]
    public async Task those_of_a_silo_that_vanished_are_taken_over_when_its_leases_have_run_out()
    {
        var database = await postgres.NewDatabaseAsync();
        // It prolongs nothing: it is dead.
        await using (var preparing = await TestSilo.StartAsync(database, silo: Four)) await RunsAsync(preparing, 4);
        await Sql.ExecuteAsync(database, """
            insert into phoenix.phoenix_projection_silos
                select 'dead', array_agg(shard), clock_timestamp() + interval '4 s' from phoenix.phoenix_projection_versions;
            update phoenix.phoenix_leases set owner = 'dead', epoch = epoch + 1, expires = clock_timestamp() + interval '4 s'
                where name like 'projection:%';
            """);
        await using var silo = await TestSilo.StartAsync(database, silo: Four);
        await RunsAsync(silo, 4);
        Assert.Equal(0, await Sql.CountAsync(database, "phoenix.phoenix_leases where name like 'projection:%' and epoch < 3"));
    }

    /// <summary>
    /// Another takes the lease while a batch is being written: in the same transaction, by a trigger, so that it is before the end of it for
    /// certain. Leases that were prolonged a moment ago are not asked after, so the fence is told to ask always.
    /// </summary>
    [Fact]
    public async Task a_batch_whose_lease_another_took_meanwhile_is_not_written()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, silo: Four,
            settings: ("Phoenix:Projections:LongestPause", "00:00:02"));
        silo.Services.GetRequiredService<ProjectionFence>().Fresh = TimeSpan.Zero;
        var account = await NewAccountAsync(silo);
        await account.Execute(new Deposit(5));
        await ReadModelsSayAsync(database, 5);
        await Sql.ExecuteAsync(database, $"""
            create sequence phoenix.stolen;
            create function phoenix.steal() returns trigger language plpgsql as $$ begin
                perform nextval('phoenix.stolen');
                update phoenix.phoenix_leases set owner = 'another', epoch = epoch + 1 where name = '{Balances}';
                return new;
            end $$;
            create trigger steal before insert on phoenix.account_balances for each row execute function phoenix.steal();
            """);
        await account.Execute(new Deposit(1));
        await Eventually.TrueAsync("it was tried twice, and the others have it", async () =>
            await Sql.ScalarAsync(database, "select last_value from phoenix.stolen") is long and >= 2
            && await Sql.ScalarAsync(database, "select total from phoenix.totals where account = 'one'") is 6m);
        Assert.Equal(5m, await Sql.ScalarAsync(database, "select balance from phoenix.account_balances where account_id = 'one'"));

        await Sql.ExecuteAsync(database, "drop trigger steal on phoenix.account_balances");
        await ReadModelsSayAsync(database, 6);
    }

    [Fact]
    public async Task a_silo_whose_lease_another_has_stops_that_projection_alone_and_takes_it_again_when_it_is_free()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, silo: Four);
        await RunsAsync(silo, 4);
        await Sql.ExecuteAsync(database, $"""
            insert into phoenix.phoenix_projection_silos
                values ('another', array['account_balances:All'], clock_timestamp() + interval '1 minute');
            update phoenix.phoenix_leases set owner = 'another', epoch = epoch + 1, expires = clock_timestamp() + interval '1 minute'
                where name = '{Balances}';
            """);
        await RunsAsync(silo, 3);
        await (await NewAccountAsync(silo)).Execute(new Deposit(5));
        await Eventually.TrueAsync("the others go on", async () =>
            await Sql.ScalarAsync(database, "select total from phoenix.totals where account = 'one'") is 5m);
        Assert.Equal(0, await Sql.CountAsync(database, "phoenix.account_balances"));

        await Sql.ExecuteAsync(database, """
            update phoenix.phoenix_leases set expires = now() where owner = 'another';
            delete from phoenix.phoenix_projection_silos where owner = 'another';
            """);
        await RunsAsync(silo, 4);
        await ReadModelsSayAsync(database, 5);
    }

    /// <summary>All that it runs, and only it: what nobody runs is told, too, but then there are leases missing.</summary>
    private static Task RunsAsync(TestSilo silo, int count)
    {
        var health = silo.Services.GetRequiredService<IProjectionHealth>();
        var leases = silo.Services.GetRequiredService<ProjectionLeases>();
        return Eventually.TrueAsync($"it runs {count}", async () =>
            health.States.Count == count
            && (await leases.LookAsync()).Single(one => one.Owner == leases.Owner).Holds.Count == count);
    }

    private static async Task<IAccountGrain> NewAccountAsync(TestSilo silo)
    {
        var account = silo.Grains.GetGrain<IAccountGrain>("one");
        await account.Execute(new OpenAccount("Ann", 0));
        return account;
    }

    private static Task ReadModelsSayAsync(string database, decimal amount) => Eventually.TrueAsync($"both read models say {amount}", async () =>
        await Sql.ScalarAsync(database, "select balance from phoenix.account_balances where account_id = 'one'") is decimal balance
        && await Sql.ScalarAsync(database, "select total from phoenix.totals where account = 'one'") is decimal total
        && (balance, total) == (amount, amount));
}
