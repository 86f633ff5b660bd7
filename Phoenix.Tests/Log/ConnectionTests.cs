using Npgsql;
using Phoenix.Hosting;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>A silo takes no more of PostgreSQL's connections than it says.</summary>
[Trait("Category", "Servers")]
public sealed class ConnectionTests(SharedPostgres postgres)
{
    [Fact]
    public async Task readers_share_the_connections_that_there_may_be()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres), options => options.ReadConnections = 3);
        Assert.Equal(0, (await Task.WhenAll(Enumerable.Range(0, 200).Select(number => log.Queries.VersionAsync($"tests.nobody/{number}")))).Max());

        var open = await EventLog.ScalarAsync<long>(log.Database, "select count(*) from pg_stat_activity where application_name = 'phoenix-event-store' and datname = current_database()");
        Assert.InRange(open, 1, 3);
    }

    [Theory]
    [InlineData("Host=db", 8)]
    [InlineData("Host=db;Maximum Pool Size=30", 30)]
    [InlineData("Host=db;MaxPoolSize=100", 100)]
    public void marten_has_few_connections_unless_the_connection_string_says_otherwise(string given, int expected) =>
        Assert.Equal(expected, new NpgsqlConnectionStringBuilder(DatabaseSettings.ForMarten(given, 8)).MaxPoolSize);
}
