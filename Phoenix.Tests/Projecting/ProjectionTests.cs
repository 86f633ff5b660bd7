using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>
/// A projection that meets what it cannot take stands there, says so, delays no other, and goes on after the mend: no event is left out
/// (guarantee 11). Marten alone would skip the event and say nothing.
/// </summary>
[Trait("Category", "Servers")]
public sealed class ProjectionTests(SharedPostgres postgres)
{
    private static readonly (string, string)[] Quick = [("Phoenix:Projections:LongestPause", "00:00:02"),
        ("Phoenix:Projections:LateAfter", "00:00:01")];

    [Fact]
    public async Task a_projection_that_fails_is_tried_again_and_goes_on_where_it_was()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, settings: Quick);
        var account = await NewAccountAsync(silo);
        await account.Execute(new Deposit(1));
        await BalanceAsync(database, 1);

        // Sequences count what is rolled back, too.
        await Sql.ScalarAsync(database, """
            create sequence phoenix.refusals;
            create function phoenix.refuse() returns trigger language plpgsql as $$ begin perform nextval('phoenix.refusals'); raise exception 'not now'; end $$;
            create trigger refuse before insert on phoenix.account_balances for each row execute function phoenix.refuse();
            """);
        await account.Execute(new Deposit(1));
        await Eventually.TrueAsync("it is tried more often than Marten does",
            async () => await Sql.ScalarAsync(database, "select last_value from phoenix.refusals") is long and >= 4);
        await Sql.ScalarAsync(database, "drop trigger refuse on phoenix.account_balances");

        await BalanceAsync(database, 2);
    }

    [Fact]
    public async Task one_that_throws_on_an_event_names_it_delays_no_other_and_takes_it_after_the_mend()
    {
        var database = await postgres.NewDatabaseAsync();
        Deposits deposits = null!;
        await using var silo = await TestSilo.StartAsync(database,
            silo: orleans => deposits = Deposits.Add(orleans.Services, throwsAt: 13), settings: Quick);
        var account = await NewAccountAsync(silo);
        foreach (var amount in new[] { 1m, 13m, 2m }) await account.Execute(new Deposit(amount));

        await HealthAsync(silo, HealthStatus.Degraded, "deposits:All stands at", "it fails on event",
            "'shop.money-deposited' of 'shop.account/one', version 3");
        await BalanceAsync(database, 16);
        Assert.NotEqual("1,13,2", await DepositsAsync(database));

        deposits.ThrowsAt = null;
        await Eventually.TrueAsync("all deposits are there, in order", async () => await DepositsAsync(database) == "1,13,2");
        await HealthAsync(silo, HealthStatus.Healthy);
    }

    [Fact]
    public async Task one_that_meets_an_event_it_cannot_read_stands_there_until_it_can()
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var silo = await TestSilo.StartAsync(database))
        {
            var account = await NewAccountAsync(silo);
            foreach (var amount in new[] { 1m, 2m, 3m }) await account.Execute(new Deposit(amount));
            await BalanceAsync(database, 6);
        }

        await Sql.ExecuteAsync(database, """update phoenix.mt_events set data = '{"amount": "much"}' where version = 3""");
        await using var later = await TestSilo.StartAsync(database, silo: orleans => Deposits.Add(orleans.Services), settings: Quick);
        await HealthAsync(later, HealthStatus.Degraded, "deposits:All stands at", "('shop.money-deposited') cannot be read");

        await Sql.ExecuteAsync(database, """update phoenix.mt_events set data = '{"amount": 2}' where version = 3""");
        await Eventually.TrueAsync("all deposits are there, in order", async () => await DepositsAsync(database) == "1,2,3");
        await HealthAsync(later, HealthStatus.Healthy);
    }

    /// <summary>
    /// marten#5108: a gap in the numbers, and a stranger whose transaction is open, with an id of its own and a snapshot: they do not
    /// append, so they hold nobody up.
    /// </summary>
    [Fact]
    public async Task a_strangers_open_transaction_and_a_gap_hold_no_read_model_up()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, settings: Quick);
        var account = await NewAccountAsync(silo);
        await BalanceAsync(database, 0);
        await using var reading = await Publishing.OpenTransaction.BeginAsync(database, "set transaction isolation level repeatable read; select count(*) from phoenix.mt_events");
        await using var writing = await Publishing.OpenTransaction.BeginAsync(database, "create temporary table has_an_id (a int)");
        await Sql.ExecuteAsync(database, "select nextval('phoenix.mt_events_sequence')");

        await account.Execute(new Deposit(5));
        await BalanceAsync(database, 5);
        await HealthAsync(silo, HealthStatus.Healthy);
    }

    /// <summary>Only who may still store an event at an earlier place is waited for; he is named, and what is behind him is late.</summary>
    [Fact]
    public async Task what_waits_for_an_open_transaction_is_late_and_names_its_session()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, settings: Quick);
        var account = await NewAccountAsync(silo);
        await BalanceAsync(database, 0);
        await using (var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { ApplicationName = "a stranger",
            Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using (var command = new NpgsqlCommand(
                "select nextval('phoenix.mt_events_sequence'); lock table phoenix.mt_events in row exclusive mode; create temporary table has_an_id (a int)", connection))
            {
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            await account.Execute(new Deposit(5));
            await HealthAsync(silo, HealthStatus.Degraded, ":All is", "of 'a stranger' (idle in transaction)");
        }

        await BalanceAsync(database, 5);
        await HealthAsync(silo, HealthStatus.Healthy);
    }

    /// <summary>Marten says in its log that a projection could not be started, and leaves it: this silo tries until it can.</summary>
    [Fact]
    public async Task a_projection_that_could_not_be_started_is_late_in_health_and_runs_once_it_can_be()
    {
        var database = await postgres.NewDatabaseAsync();
        var first = await TestSilo.StartAsync(database, settings: Quick);
        await Eventually.TrueAsync("the first runs them", () => IsRunningThem(first));
        await using var second = await TestSilo.StartAsync(database, settings: Quick);
        var account = await NewAccountAsync(second);
        await BalanceAsync(database, 0);
        await Sql.ExecuteAsync(database, """
            create function phoenix.readable(name text) returns boolean language plpgsql as $$
            begin
                if name = 'account_balances:All' and current_setting('application_name') not like 'phoenix-%' then
                    raise exception 'not now';
                end if;
                return true;
            end $$;
            begin;
            alter table phoenix.mt_event_progression rename to away;
            create view phoenix.mt_event_progression as select * from phoenix.away where phoenix.readable(name);
            commit;
            """);
        await first.DisposeAsync();

        await Eventually.TrueAsync("the second runs them", () => IsRunningThem(second));
        await account.Execute(new Deposit(5));
        await HealthAsync(second, HealthStatus.Degraded, "account_balances:All is");
        await Sql.ExecuteAsync(database, """
            begin;
            drop view phoenix.mt_event_progression;
            alter table phoenix.away rename to mt_event_progression;
            commit;
            """);
        await BalanceAsync(database, 5);
        await HealthAsync(second, HealthStatus.Healthy);
    }

    [Fact]
    public async Task an_inline_projection_is_refused_when_the_host_starts()
    {
        var database = await postgres.NewDatabaseAsync();
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            TestSilo.StartAsync(database, silo: orleans => orleans.Services.ConfigureMarten<ILogStore>(
            options => options.Projections.Add(new Deposits("phoenix"), ProjectionLifecycle.Inline))));
        Assert.Contains("Inline projections never see an event", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("'deposits'", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_of_two_silos_runs_them_and_the_other_takes_over_when_it_stops()
    {
        var database = await postgres.NewDatabaseAsync();
        var first = await TestSilo.StartAsync(database);
        await Eventually.TrueAsync("the first runs them", () => IsRunningThem(first));
        await using var second = await TestSilo.StartAsync(database);
        var account = await NewAccountAsync(second);
        Assert.False(IsRunningThem(second));
        await first.DisposeAsync();

        await Eventually.TrueAsync("the second runs them", () => IsRunningThem(second));
        await account.Execute(new Deposit(5));
        await BalanceAsync(database, 5);
    }

    private static bool IsRunningThem(TestSilo silo) =>
        silo.Services.GetRequiredService<IProjectionHealth>() is { IsRunningThem: true, States.Count: > 0 };

    private static async Task<IAccountGrain> NewAccountAsync(TestSilo silo)
    {
        var account = silo.Grains.GetGrain<IAccountGrain>("one");
        await account.Execute(new OpenAccount("Ann", 0));
        return account;
    }

    private static Task BalanceAsync(string database, decimal balance) => Eventually.TrueAsync(
        $"the read model says {balance}",
        async () => await Sql.ScalarAsync(database,
            "select balance from phoenix.account_balances where account_id = 'one'") is decimal found && found == balance);

    private static async Task<string> DepositsAsync(string database) =>
        await Sql.ScalarAsync(database, "select string_agg(amount::text, ',' order by number) from phoenix.deposits") as string ?? "";

    private static async Task HealthAsync(TestSilo silo, HealthStatus status, params string[] says)
    {
        var check = ActivatorUtilities.CreateInstance<ProjectionsCheck>(silo.Services);
        HealthCheckResult found = default;
        await Eventually.TrueAsync(
            $"health is {status} and says {string.Join(", ", says)}",
            async () => (found = await check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)).Status == status
                && says.All(text => found.Description!.Contains(text, StringComparison.Ordinal)));
        Assert.DoesNotContain("secret", found.Description ?? "", StringComparison.Ordinal);
    }
}
