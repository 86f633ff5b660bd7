using Npgsql;
using Phoenix.Clustering;
using Phoenix.Hosting;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>PostgreSQL itself ends what a client that vanished or stands still would hold for ever.</summary>
[Trait("Category", "Servers")]
public sealed class SessionLimitTests(SharedPostgres postgres)
{
    private static readonly string[] Required =
        ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout", "idle_in_transaction_session_timeout", "lock_timeout"];

    [Fact]
    public async Task every_kind_of_connection_has_them_and_keeps_them_when_it_is_used_again()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        await using var marten = NpgsqlDataSource.Create(DatabaseSettings.ForMarten(log.Database, 8));
        await using var clustering = TableConnections.Open(new PostgresClusteringOptions { ConnectionString = log.Database });
        foreach (var source in new[] { log.Connections.Commits, log.Connections.Reads, marten, clustering })
        {
            for (var use = 0; use < 2; use++)
            {
                await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
                foreach (var setting in Required) Assert.NotEqual("0", await SettingAsync(connection, setting));
                if (source == log.Connections.Commits) Assert.Equal("off", await SettingAsync(connection, "enable_seqscan"));
                if (source == log.Connections.Reads) Assert.Equal("off", await SettingAsync(connection, "jit"));
            }
        }
    }

    [Fact]
    public async Task what_the_connection_string_says_goes_before_them()
    {
        var given = new NpgsqlConnectionStringBuilder(await postgres.NewDatabaseAsync()) { Options = "-c lock_timeout=1234" };
        await using var marten = NpgsqlDataSource.Create(DatabaseSettings.ForMarten(given.ConnectionString, 8));
        await using var connection = await marten.OpenConnectionAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1234", await SettingAsync(connection, "lock_timeout"));
    }

    [Fact]
    public async Task a_transaction_that_stands_still_loses_its_locks()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres), options => options.AttemptTimeLimit = TimeSpan.FromMilliseconds(500));
        var stream = Commits.NewStream();
        Assert.True((await log.CommitAsync(Commits.Accepted(stream, 0, "first"))).Committed);
        var connection = await log.Connections.Commits.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand($"begin; select 1 from phoenix.mt_streams where id = '{stream}' for update", connection))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync("its session is gone", async () =>
            await Sql.CountAsync(log.Database, $"pg_stat_activity where pid = {connection.ProcessID}") == 0);
        Assert.True((await log.CommitAsync(Commits.Accepted(stream, 1, "next"))).Committed);
    }

    private static async Task<string?> SettingAsync(NpgsqlConnection connection, string name)
    {
        await using var command = new NpgsqlCommand("select setting from pg_settings where name = $1", connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string;
    }
}
