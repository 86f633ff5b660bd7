using JasperFx.Events.Projections;
using Marten;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Docs;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>Who reads the read models by SQL cannot read the log, and changes nothing.</summary>
[Trait("Category", "Servers")]
public sealed class ReaderRoleTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly string _role = $"reader_{Guid.NewGuid():N}"[..20];
    private string _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Login => $"{_role}_login";

    public async ValueTask InitializeAsync() => _database = await postgres.NewDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var role in (string[])[Login, _role])
        {
            if (await Sql.CountAsync(_database, $"pg_roles where rolname = '{role}'") == 1)
                await Sql.ExecuteAsync(_database, $"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task a_login_that_is_given_the_role_reads_every_read_model_and_nothing_else()
    {
        await using (var silo = await StartAsync()) await OpenAsync(silo, "one");
        await Sql.ExecuteAsync(_database, $"create role {Login} login password 'of-a-test' in role {_role}");

        foreach (var view in (string[])["account_balances", "orders", "product_days"]) Assert.Null(await RefusalAsync($"select * from phoenix.{view}"));
        foreach (var table in (string[])["mt_events", "mt_streams", "mt_event_progression", "phoenix_ledger", "phoenix_due", "phoenix_snapshots"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync($"select * from phoenix.{table}"));
        foreach (var write in (string[])[
            "insert into phoenix.orders (order_id) values ('x')", "update phoenix.account_balances set balance = 1", "delete from phoenix.account_balances",
            "truncate phoenix.account_balances", "create table phoenix.mine (id int)", "select nextval('phoenix.mt_events_sequence')"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(write));
    }

    /// <summary>Tables and documents of a build to come.</summary>
    [Fact]
    public async Task new_read_models_are_granted_when_a_silo_with_them_starts()
    {
        await (await StartAsync()).DisposeAsync();
        await using var later = await StartAsync(silo =>
        {
            Deposits.Add(silo.Services);
            silo.Services.ConfigureMarten<ILogStore>(options => options.Projections.Add(new AccountOwners(), ProjectionLifecycle.Async));
        });
        await Sql.ExecuteAsync(_database, $"create role {Login} login password 'of-a-test' in role {_role}");
        foreach (var view in (string[])["deposits", "mt_doc_accountowner"]) Assert.Null(await RefusalAsync($"select * from phoenix.{view}"));
    }

    [Fact]
    public async Task a_silo_that_may_not_grant_says_what_to_grant()
    {
        await using (var maker = await TestSilo.StartAsync(_database)) await OpenAsync(maker, "one");
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
            await (await StartAsync(configure: options => options.ApplySchema = false)).DisposeAsync());
        var says = Assert.IsType<SchemaException>(refused.GetBaseException()).Message;
        Assert.Contains($"create role \"{_role}\" nologin", says, StringComparison.Ordinal);
        Assert.Contains($"grant select on phoenix.account_balances to \"{_role}\"", says, StringComparison.Ordinal);

        await (await StartAsync()).DisposeAsync();
        await using var now = await StartAsync(configure: options => options.ApplySchema = false);
        await OpenAsync(now, "two");
    }

    [Theory]
    [InlineData("pg_read_all_data")]
    [InlineData("public")]
    [InlineData("a; drop table x")]
    public void a_name_that_can_be_none_is_refused(string role) =>
        Assert.Contains("ReaderRole", Assert.Single(new ProjectionOptions { ReaderRole = role }.Problems()), StringComparison.Ordinal);

    private Task<TestSilo> StartAsync(Action<ISiloBuilder>? silo = null, Action<Phoenix.Hosting.PhoenixOptions>? configure = null) =>
        TestSilo.StartAsync(_database, options =>
        {
            options.Projections.ReaderRole = _role;
            configure?.Invoke(options);
        }, silo: silo);

    private static async Task OpenAsync(TestSilo silo, string account) =>
        Assert.True((await silo.Grains.GetGrain<IAccountGrain>(account).Execute(new OpenAccount("Ann", 5))).IsAccepted);

    private async Task<string?> RefusalAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database)
        {
            Username = Login, Password = "of-a-test", Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        try
        {
            await command.ExecuteNonQueryAsync(Cancellation);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }
}
