using Npgsql;
using Phoenix.Hosting;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>What people write into connection strings works, or is refused by its name.</summary>
[Trait("Category", "Servers")]
public sealed class ConnectionStringTests(SharedPostgres postgres)
{
    [Theory]
    [InlineData("Minimum Pool Size=10")]
    [InlineData("Multiplexing=true")]
    [InlineData("Maximum Pool Size=2;Enlist=true;No Reset On Close=true;Max Auto Prepare=20")]
    [InlineData("Client Encoding=utf-8;Command Timeout=0;Keepalive=1")]
    public async Task a_silo_runs_with(string addition)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync($"{database};{addition}");
        var account = silo.Grains.GetGrain<IAccountGrain>("a-1");

        Assert.True((await account.Execute(new OpenAccount("Zoë 中文"))).IsAccepted);
        await Eventually.TrueAsync("the read model has caught up", async () => await BalancesAsync(database) == 1);
    }

    [Theory]
    [InlineData("postgresql://app:secret@db/app", "URI")]
    [InlineData("postgres://app:secret@db/app", "URI")]
    [InlineData("Host=db;Client Encoding=LATIN1", "Client Encoding")]
    [InlineData("Host=db;Encoding=iso-8859-1", "Encoding")]
    [InlineData("Host=db;Maximum Pool Size=1", "Maximum Pool Size")]
    [InlineData("Host=db;Minimum Pool Size=9;Maximum Pool Size=8", "Minimum Pool Size")]
    [InlineData("Host=db;Pooling=false", "Pooling")]
    [InlineData("Database=app", "Host")]
    [InlineData("Host=db;Pasword=secret", "no connection string")]
    [InlineData("Host=db;Port=secret", "no connection string")]
    [InlineData("", "empty")]
    public void a_silo_refuses_by_name(string text, string name)
    {
        var problem = Assert.Single(new PhoenixOptions { ConnectionString = text }.Problems());
        Assert.Contains(name, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    private static async Task<long> BalancesAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select count(*) from phoenix.account_balances");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
