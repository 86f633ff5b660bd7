using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// Guarantee 5 where somebody else holds a lock: it costs its own stream, whose end is never in doubt, and nobody else more than a moment.
/// </summary>
[Trait("Category", "Servers")]
public sealed class HeldStreamTests(SharedPostgres postgres)
{
    [Theory]
    [InlineData("select 1 from phoenix.mt_streams where id = $1 for update")]
    [InlineData("insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type) values (-1, gen_random_uuid(), $1, 2, '{}', 'tests.noted')")]
    [InlineData("insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash) values ('00000000-0000-0000-0000-000000000001', $1, 1, 0, 1, 'tests.note', '')")]
    public async Task what_somebody_holds_costs_its_own_stream_only_and_is_not_unknown(string hold)
    {
        await using var log = await NewLogAsync(seconds: 3);
        var (first, held) = (await NewAsync(log), await NewAsync(log));
        await using var stuck = await HoldAsync(log.Database, "select 1 from phoenix.mt_streams where id = $1 for update", first);
        await using var holder = await HoldAsync(log.Database, hold, held);
        var before = log.CommitAsync(Commits.Accepted(first, 1, "a"));
        // Asked of the queue, not of PostgreSQL: the wait for the lock is short, and a slow machine would look too late.
        await Eventually.TrueAsync("a flush is under way", () => Task.FromResult(log.Queue.Load.Flushing > 0));

        // All that wait behind it go together.
        var locked = log.CommitAsync(Commits.Accepted(held, 1, "00000000-0000-0000-0000-000000000001"));
        var neighbours = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, $"beside-{number}"))));

        Assert.All(neighbours, result => Assert.True(result.Committed));
        Assert.False(locked.IsCompleted);
        foreach (var failed in new[] { before, locked }) Assert.Contains("another session holds", (await Assert.ThrowsAsync<LogUnavailableException>(() => failed)).Message, StringComparison.Ordinal);
        Assert.Null(log.Watch.Trouble);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(log.Database));
    }

    [Fact]
    public async Task no_flush_waits_a_second_time_for_a_stream_that_was_found_locked()
    {
        await using var log = await NewLogAsync(seconds: 2);
        var held = await NewAsync(log);
        var holder = await HoldAsync(log.Database, "select 1 from phoenix.mt_streams where id = $1 for update", held);
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.CommitAsync(Commits.Accepted(held, 1, "a")));
        await Eventually.TrueAsync("no flush is under way", () => Task.FromResult(log.Queue.Load == (0, 0)));

        var again = log.CommitAsync(Commits.Accepted(held, 1, "a"));
        Assert.Equal((0, 0), log.Queue.Load);
        await holder.DisposeAsync();

        Assert.True((await again).Committed);
        Assert.True((await log.CommitAsync(Commits.Accepted(held, 2, "b"))).Committed);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(log.Database));
    }

    [Fact]
    public async Task a_table_that_somebody_locks_is_no_streams_fault_and_storage_says_so()
    {
        await using var log = await NewLogAsync(seconds: 2);
        await NewAsync(log);
        var holder = await HoldAsync(log.Database, "lock table phoenix.mt_streams in exclusive mode");
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "a")));
        Assert.Contains("lock", log.Watch.Trouble!.Value.Reason, StringComparison.Ordinal);

        await holder.DisposeAsync();
        Assert.True((await log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "a"))).Committed);
        Assert.Null(log.Watch.Trouble);
    }

    [Fact]
    public async Task a_commit_queue_that_was_frozen_in_the_middle_of_a_transaction_is_ended()
    {
        await using var log = await NewLogAsync(seconds: 30, attempt: 500);
        var held = await NewAsync(log);
        var frozen = new NpgsqlConnectionStringBuilder(log.Database) { ApplicationName = EventStoreConnections.CommitApplicationName, Pooling = false };
        await using var holder = await HoldAsync(frozen.ConnectionString, "select 1 from phoenix.mt_streams where id = $1 for update", held);

        Assert.True((await log.CommitAsync(Commits.Accepted(held, 1, "a"))).Committed);
    }

    [Fact]
    public async Task a_flush_has_a_bound_of_bytes_and_what_is_larger_goes_alone()
    {
        await using var log = await NewLogAsync(seconds: 30, attempt: 20_000, bytes: 1000);
        var first = await NewAsync(log);
        var stuck = await HoldAsync(log.Database, "select 1 from phoenix.mt_streams where id = $1 for update", first);
        var before = log.CommitAsync(Commits.Accepted(first, 1, "a"));
        await Eventually.TrueAsync("a flush is stuck", async () => await Sql.LockWaitsAsync(log.Database) > 0);
        var commits = new[] { 400, 400, 400, 5000, 5000, 100, 100 }.Select(Sized).ToList();
        var results = Task.WhenAll(commits.Select(log.CommitAsync));
        await stuck.DisposeAsync();

        Assert.All(await results, result => Assert.True(result.Committed));
        Assert.True((await before).Committed);
        Assert.Equal("2,1,1,1,2", await EventLog.ScalarAsync<string>(log.Database, """
            select string_agg(streams::text, ',' order by first) from (
                select count(*) as streams, min(seq_id) as first from phoenix.mt_events where data ? 'text' group by xmin::text
            ) flushes
            """));
    }

    private static StreamCommit Sized(int bytes)
    {
        var commit = Commits.Accepted(Commits.NewStream(), 0, "sized");
        return commit with { Events = [commit.Events[0] with { Data = $$"""{"number":1,"text":"{{new string('x', bytes)}}"}""" }] };
    }

    private async Task<EventLog> NewLogAsync(double seconds, int attempt = 1000, long bytes = 1_000_000) =>
        new(await EventLog.NewDatabaseAsync(postgres), options =>
        {
            (options.Flushes, options.BytesPerFlush) = (1, bytes);
            (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromMilliseconds(attempt), TimeSpan.FromSeconds(seconds));
        });

    private static async Task<string> NewAsync(EventLog log)
    {
        var stream = Commits.NewStream();
        Assert.True((await log.CommitAsync(Commits.Accepted(stream, 0, "first"))).Committed);
        return stream;
    }

    /// <summary>A transaction that stays open until its connection is disposed.</summary>
    private static async Task<NpgsqlConnection> HoldAsync(string database, string sql, string? stream = null)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var begin = new NpgsqlCommand("begin", connection);
        await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand(sql, connection);
        if (stream is not null) hold.Parameters.Add(new() { Value = stream });
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
