using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>A database on which the log would do harm or stand still is refused when the silo starts, with the reason.</summary>
[Trait("Category", "Servers")]
public sealed class DatabaseCheckTests(SharedPostgres postgres)
{
    private const string SchemasThere = "select count(*) from pg_namespace where nspname = 'phoenix'";

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task a_database_that_is_not_utf8_is_refused_and_nothing_is_created(string encoding)
    {
        var name = $"test_{Guid.NewGuid():N}";
        var server = (await postgres.ServerAsync()).ConnectionString;
        await Sql.ExecuteAsync(server, $"create database {name} encoding '{encoding}' locale 'C' template template0");
        try
        {
            var database = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
            var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database));
            Assert.Contains($"encoded in {encoding}; the log needs UTF8", error.Message, StringComparison.Ordinal);
            Assert.Equal(0L, await Sql.ScalarAsync(database, SchemasThere));
        }
        finally
        {
            await Sql.ExecuteAsync(server, $"drop database {name} with (force)");
        }
    }

    [Fact]
    public async Task a_silo_says_so_when_it_is_started_on_one()
    {
        var name = $"test_{Guid.NewGuid():N}";
        var server = (await postgres.ServerAsync()).ConnectionString;
        await Sql.ExecuteAsync(server, $"create database {name} encoding 'LATIN1' locale 'C' template template0");
        try
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString));
            Assert.IsType<SchemaException>(error.GetBaseException());
        }
        finally
        {
            await Sql.ExecuteAsync(server, $"drop database {name} with (force)");
        }
    }

    [Theory]
    [InlineData("transaction", false)]
    [InlineData("transaction", true)]
    [InlineData("statement", false)]
    public async Task a_proxy_that_pools_by_transaction_is_refused(string mode, bool roundRobin)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var bouncer = await PgBouncer.StartAsync(database, mode, roundRobin: roundRobin);
        // Sessions that were used before wait in its pool.
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Sql.ScalarAsync(bouncer.ConnectionString, "select pg_sleep(0.2)")));

        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(bouncer.ConnectionString));
        Assert.Contains("a proxy that pools by transaction", error.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database, SchemasThere));
    }

    [Theory]
    [InlineData("")]
    [InlineData("options")]
    public async Task a_proxy_that_pools_by_session_and_keeps_the_options_of_sessions_to_itself_is_refused(string ignored)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var bouncer = await PgBouncer.StartAsync(database, "session", ignoredParameters: ignored);

        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(bouncer.ConnectionString));
        Assert.Contains("does not pass on the options of a session's start", error.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database, SchemasThere));
    }

    [Fact]
    public async Task a_sequence_behind_the_events_is_refused_with_what_to_do()
    {
        var database = await StoredAsync();
        await Sql.ExecuteAsync(database, "select setval('phoenix.mt_events_sequence', 2)");

        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database));
        Assert.Contains("stands at 2, behind", error.Message, StringComparison.Ordinal);
        Assert.Contains("events go up to 5, projections have read up to 0", error.Message, StringComparison.Ordinal);
        await Sql.ExecuteAsync(database, error.Message[error.Message.IndexOf("select setval", StringComparison.Ordinal)..].Split(". ")[0]);
        await Schemas.StartAsync(database);
        await CommitAsync(database, 1);
    }

    [Fact]
    public async Task a_sequence_behind_the_projections_is_refused()
    {
        var database = await StoredAsync();
        await Sql.ExecuteAsync(database, "insert into phoenix.mt_event_progression (name, last_seq_id) values ('HighWaterMark', 9)");
        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database));
        Assert.Contains("projections have read up to 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_sequence_that_gives_out_numbers_in_advance_is_refused()
    {
        var database = await StoredAsync();
        await Sql.ExecuteAsync(database, "alter sequence phoenix.mt_events_sequence cache 20");
        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database));
        Assert.Contains("alter sequence \"phoenix\".mt_events_sequence cache 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_sequence_is_compared_rightly_while_others_commit()
    {
        var database = await StoredAsync();
        await using var log = new EventLog(database);
        var stream = Commits.NewStream();
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var version = 0; !done.IsCancellationRequested; version++) await log.CommitAsync(Commits.Accepted(stream, version, $"c{version}"));
        }, TestContext.Current.CancellationToken);

        for (var start = 0; start < 10; start++) await Schemas.StartAsync(database);
        await done.CancelAsync();
        await writing;
    }

    private async Task<string> StoredAsync()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database);
        await CommitAsync(database, 5);
        return database;
    }

    private static async Task CommitAsync(string database, int events)
    {
        await using var log = new EventLog(database);
        Assert.True((await log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, Guid.NewGuid().ToString(), events))).Committed);
    }
}
