using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Marten halts a projection that fails, for whatever reason, and does not start it again by itself.</summary>
[Trait("Category", "Servers")]
public sealed class ProjectionTests(SharedPostgres postgres)
{
    [Fact]
    public async Task a_projection_that_fails_is_tried_again_and_goes_on_where_it_was()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        var account = silo.Grains.GetGrain<IAccountGrain>("one");
        await account.Execute(new OpenAccount("Ann", 0));
        await account.Execute(new Deposit(1));
        await IsAsync(balance: 1);

        // Sequences count what is rolled back, too.
        await Sql.ScalarAsync(database, """
            create sequence phoenix.refusals;
            create function phoenix.refuse() returns trigger language plpgsql as $$ begin perform nextval('phoenix.refusals'); raise exception 'not now'; end $$;
            create trigger refuse before insert on phoenix.account_balances for each row execute function phoenix.refuse();
            """);
        await account.Execute(new Deposit(1));
        await Eventually.TrueAsync("it is tried more often than Marten does", async () => await Sql.ScalarAsync(database, "select last_value from phoenix.refusals") is long and >= 4);
        await Sql.ScalarAsync(database, "drop trigger refuse on phoenix.account_balances");

        await IsAsync(balance: 2);

        Task IsAsync(decimal balance) => Eventually.TrueAsync(
            $"the read model says {balance}",
            async () => await Sql.ScalarAsync(database, "select balance from phoenix.account_balances where account_id = 'one'") is decimal found && found == balance);
    }
}
