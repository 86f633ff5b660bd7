using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// The order of an append: streams, then the ledger, then events. A number of the events' sequence is drawn last, by a transaction that
/// others can see: it has its id and its lock on the event table before. Whoever reads events in the order of their numbers (publication)
/// stands on this.
/// </summary>
[Trait("Category", "Servers")]
public sealed class AppendOrderTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Fence = """
        select count(*) from pg_locks own join pg_locks id using (pid)
        where own.database = (select oid from pg_database where datname = current_database())
            and own.relation = 'phoenix.mt_events'::regclass and own.mode = 'RowExclusiveLock' and own.granted
            and id.locktype = 'transactionid' and id.mode = 'ExclusiveLock' and id.granted
            and pid in (select pid from pg_stat_activity where application_name = 'phoenix-commit-queue')
        """;

    private EventLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        // Longer than PostgreSQL takes to find a deadlock, and than anything here stands still.
        _log = new EventLog(await EventLog.NewDatabaseAsync(postgres), options => options.AttemptTimeLimit = options.CommitTimeLimit = TimeSpan.FromSeconds(60));
        Assert.True((await _log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "first"))).Committed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_command_that_the_ledger_knows_costs_no_number_of_the_sequence(bool ofAnotherWriter)
    {
        var stream = Commits.NewStream();
        Assert.True((await _log.CommitAsync(Commits.Accepted(stream, 0, "known"))).Committed);
        var before = await LastNumberAsync();
        if (ofAnotherWriter)
        {
            await using var holder = await HoldLedgerAsync(stream, "met");
            var sending = SendAsync(Commits.Accepted(stream, 1, "met"), Commits.Accepted(Commits.NewStream(), 0, "neighbour"));
            await StandsStillAsync();
            // It has moved its streams and holds what readers look for; it has drawn nothing.
            Assert.Equal(1, await EventLog.ScalarAsync<long>(_log.Database, Fence));
            Assert.Equal(before, await LastNumberAsync());
            await holder.CommitAsync();
            Assert.Equal(AttemptFailure.Raced, (await Assert.ThrowsAsync<AttemptFailedException>(() => sending)).Failure);
        }
        else
        {
            var failed = await Assert.ThrowsAsync<AttemptFailedException>(() => SendAsync(Commits.Accepted(stream, 1, "known"), Commits.Accepted(Commits.NewStream(), 0, "neighbour")));
            Assert.Equal(AttemptFailure.Raced, failed.Failure);
        }

        Assert.Equal(before, await LastNumberAsync());
    }

    [Fact]
    public async Task a_stream_that_does_not_move_draws_no_number()
    {
        var stale = Commits.NewStream();
        Assert.True((await _log.CommitAsync(Commits.Accepted(stale, 0, "first"))).Committed);
        var before = await LastNumberAsync();

        var results = await SendAsync(Commits.Accepted(stale, 0, "stale", 5), Commits.Accepted(Commits.NewStream(), 0, "neighbour", 2), Commits.Rejected(Commits.NewStream(), 0, "no"));

        Assert.Equal([false, true, true], results.Select(result => result.Committed));
        Assert.Equal(before + 2, await LastNumberAsync());
    }

    [Fact]
    public async Task whoever_has_drawn_a_number_holds_the_lock_that_readers_look_for()
    {
        var stream = Commits.NewStream();
        var before = await LastNumberAsync();
        await using var holder = await HoldAsync(
            "insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type) values (-1, gen_random_uuid(), $1, 1, '{}', 'tests.noted')", new NpgsqlParameter { Value = stream });
        var sending = SendAsync(Commits.Accepted(stream, 0, "met"));
        await StandsStillAsync();

        Assert.Equal(before + 1, await LastNumberAsync());
        Assert.Equal(1, await EventLog.ScalarAsync<long>(_log.Database, Fence));
        await holder.RollbackAsync();
        Assert.True((await sending)[0].Committed);
    }

    [Fact]
    public async Task rejections_of_absent_streams_that_meet_in_opposite_order_wait_for_each_other_without_a_deadlock()
    {
        var commits = Enumerable.Range(0, 20).Select(_ => Commits.Rejected(Commits.NewStream(), 0, Guid.NewGuid().ToString())).ToArray();
        // The middle one is somebody's: one batch stands still before it, and if the other had begun at the other end, each would then want
        // what the other has.
        var middle = commits.OrderBy(commit => commit.Commands[0].Id).ElementAt(10);
        await using var holder = await HoldLedgerAsync(middle.StreamId, middle.Commands[0].OriginalId!);
        var batches = new[] { commits.OrderBy(commit => commit.Commands[0].Id), commits.OrderByDescending(commit => commit.Commands[0].Id) };
        var sending = batches.Select(batch => SendAsync([.. batch])).ToList();
        await Eventually.TrueAsync("both stand still", async () => await Sql.LockWaitsAsync(_log.Database) == 2);
        await holder.RollbackAsync();

        var ends = await Task.WhenAll(sending.Select(async one => (await Record.ExceptionAsync(() => one)) as AttemptFailedException));

        // The second meets the keys of the first, and is told so at once.
        Assert.Equal([AttemptFailure.Raced], ends.OfType<AttemptFailedException>().Select(failed => failed.Failure));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_log.Database));
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    /// <summary>One attempt, as the queue sends it first.</summary>
    private Task<StreamResult[]> SendAsync(params StreamCommit[] batch) =>
        new CommitAttempt(_log.Connections.Commits, new CommitStatements(new TableNames(_log.Store.Options)), _log.Options.AttemptTimeLimit).SendAsync(batch, lockFirst: false, askLedger: false);

    private Task StandsStillAsync() => Eventually.TrueAsync("the append stands still", async () => await Sql.LockWaitsAsync(_log.Database) == 1);

    private Task<long> LastNumberAsync() => EventLog.ScalarAsync<long>(_log.Database, "select last_value from phoenix.mt_events_sequence");

    private Task<NpgsqlTransaction> HoldLedgerAsync(string stream, string id) => HoldAsync(
        "insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash) values ($1, $2, 1, 0, 1, 'tests.note', '')",
        new NpgsqlParameter { Value = CommandIdentity.Of(id) }, new NpgsqlParameter { Value = stream });

    private async Task<NpgsqlTransaction> HoldAsync(string sql, params NpgsqlParameter[] parameters)
    {
        var connection = await _log.Connections.Reads.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return transaction;
    }
}
