using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Whatever starts, and whatever Marten does at first use: the database loses nothing by it.</summary>
[Trait("Category", "Servers")]
public sealed class SchemaGrowthTests(SharedPostgres postgres)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_silo_that_starts_leaves_columns_contents_and_indexes_it_does_not_know(bool applySchema)
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var first = await TestSilo.StartAsync(database)) await OpenAndWaitAsync(first, database, "one");
        await Sql.ExecuteAsync(database, """
            alter table phoenix.phoenix_ledger add column branch text; update phoenix.phoenix_ledger set branch = 'north';
            alter table phoenix.account_balances add column nickname text; update phoenix.account_balances set nickname = 'annie';
            create index by_branch on phoenix.phoenix_ledger (branch); create index by_user on phoenix.mt_events (user_name);
            """);
        var before = await Schemas.ContentsAsync(database);

        await using var second = await TestSilo.StartAsync(database, phoenix => phoenix.ApplySchema = applySchema);
        await OpenAndWaitAsync(second, database, "two");

        Assert.Equal(before, await Schemas.ContentsAsync(database));
        Assert.Equal("north", await Sql.ScalarAsync(database, "select branch from phoenix.phoenix_ledger where stream = 'shop.account/one'"));
        Assert.Equal("annie", await Sql.ScalarAsync(database, "select nickname from phoenix.account_balances where account_id = 'one'"));
    }

    [Fact]
    public async Task marten_leaves_them_too_when_a_session_first_needs_a_table()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await Sql.ExecuteAsync(database, "alter table phoenix.mt_events add column branch text; create index by_user on phoenix.mt_events (user_name)");
        var before = await Schemas.ContentsAsync(database);

        await using var log = new EventLog(database);
        await using var session = log.Store.LightweightSession();
        session.Events.StartStream(Commits.NewStream(), new Noted(1));
        await session.SaveChangesAsync(Token);

        Assert.Equal(before, await Schemas.ContentsAsync(database));
    }

    [Fact]
    public async Task a_document_that_marten_meets_later_still_gets_its_table()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await using var log = new EventLog(database);
        await using var session = log.Store.LightweightSession();
        session.Store(new Later("a"));
        await session.SaveChangesAsync(Token);
        Assert.Equal(1, await Sql.CountAsync(database, "phoenix.mt_doc_schemagrowthtests_later"));
    }

    [Fact]
    public async Task a_read_model_grows_by_columns_and_indexes_and_shrinks_by_nothing()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database, marten: Schemas.ReadModel(("sum", "numeric")));
        await Sql.ExecuteAsync(database, "insert into phoenix.totals values ('a', 1)");

        await Schemas.StartAsync(database, marten: Schemas.ReadModel(("sum", "numeric"), ("count", "bigint")));
        var grown = await Schemas.ContentsAsync(database);
        Assert.Contains("totals.count bigint", grown, StringComparison.Ordinal);
        Assert.Contains("btree (count)", grown, StringComparison.Ordinal);
        await Sql.ExecuteAsync(database, "update phoenix.totals set count = 7");

        await Schemas.StartAsync(database, marten: Schemas.ReadModel(("sum", "numeric")));
        await Schemas.StartAsync(database, marten: Schemas.ReadModel(("sum", "text")));
        Assert.Equal(grown, await Schemas.ContentsAsync(database));
        Assert.Equal(7L, await Sql.ScalarAsync(database, "select count from phoenix.totals"));
    }

    [Fact]
    public async Task where_the_schema_is_not_to_be_applied_a_silo_without_one_says_so_and_creates_nothing()
    {
        var database = await postgres.NewDatabaseAsync();
        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database, applySchema: false));
        Assert.Contains("is at version 0 and this build needs version", error.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database, "select count(*) from pg_namespace where nspname = 'phoenix'"));

        await Schemas.StartAsync(database);
        await Schemas.StartAsync(database, applySchema: false);
        error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database, applySchema: false, marten: Schemas.ReadModel()));
        Assert.Contains("to be added: phoenix.totals.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_role_that_may_create_nothing_starts_where_everything_is_there()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database);
        var role = $"r{Guid.NewGuid():N}";
        await Sql.ExecuteAsync(database, $"""
            create role {role} login password 'secret'; grant usage on schema phoenix to {role};
            grant select, insert, update, delete on all tables in schema phoenix to {role}; grant usage, select on all sequences in schema phoenix to {role}
            """);
        try
        {
            var asRole = new NpgsqlConnectionStringBuilder(database) { Username = role, Password = "secret", Pooling = false }.ConnectionString;
            await Schemas.StartAsync(asRole);
        }
        finally
        {
            await Sql.ExecuteAsync(database, $"drop owned by {role}; drop role {role}");
        }
    }

    private static async Task OpenAndWaitAsync(TestSilo silo, string database, string account)
    {
        await silo.Grains.GetGrain<IAccountGrain>(account).Execute(new OpenAccount("Ann", 0));
        await Eventually.TrueAsync("the read model has it", async () => await Sql.CountAsync(database, $"phoenix.account_balances where account_id = '{account}'") == 1);
    }

    public sealed record Later(string Id);
}
