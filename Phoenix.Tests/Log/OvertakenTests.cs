using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// Guarantees 1 and 3 where another silo commits between the look at a stream and its move: the move waits, and learns by what it was
/// overtaken.
/// </summary>
[Trait("Category", "Servers")]
public sealed class OvertakenTests(TwoLogs logs) : IClassFixture<TwoLogs>
{
    private readonly EventLog _one = logs.One;
    private readonly EventLog _other = logs.Other;

    [Theory]
    [InlineData("same")]
    [InlineData("another")]
    public async Task a_move_is_lost_to_the_one_that_overtook_it_and_learns_what_that_wrote(string id)
    {
        var stream = await NewAsync();
        var (early, late) = await MeetAsync(Commits.Accepted(stream, 1, "same", 2), () => _other.CommitAsync(Commits.Accepted(stream, 1, id)));

        Assert.True(early.Committed);
        Assert.Equal((false, 3), (late.Committed, late.StoredVersion));
        Assert.Equal(id == "same" ? [CommandIdentity.Of("same")] : Array.Empty<Guid>(), late.Known.Select(known => known.Id));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    [Fact]
    public async Task a_move_learns_the_rejection_that_was_recorded_under_its_id_meanwhile()
    {
        var stream = await NewAsync();
        var (early, late) = await MeetAsync(Commits.Rejected(stream, 1, "same"), () => _other.CommitAsync(Commits.Accepted(stream, 1, "same")));

        Assert.True(early.Committed);
        Assert.Equal((false, 1), (late.Committed, late.StoredVersion));
        Assert.Equal(RecordedOutcome.Rejected, Assert.Single(late.Known).Outcome);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    [Fact]
    public async Task a_rejection_waits_for_the_move_under_way_and_is_not_recorded_on_what_it_replaced()
    {
        var stream = await NewAsync();
        var (early, late) = await MeetAsync(Commits.Accepted(stream, 1, "early", 2), () => _other.CommitAsync(Commits.Rejected(stream, 1, "stale")));

        Assert.True(early.Committed);
        Assert.Equal((false, 3), (late.Committed, late.StoredVersion));
        Assert.Empty(await _one.Queries.KnownAsync(stream, [CommandIdentity.Of("stale")]));
    }

    [Fact]
    public async Task a_stream_that_is_overtaken_costs_its_batch_nothing_else()
    {
        var (contested, free) = (await NewAsync(), await NewAsync());
        await using var connections = new EventStoreConnections(_other.Options);
        var attempt = new CommitAttempt(connections.Commits, new CommitStatements(new TableNames(_other.Store.Options)), _other.Options.AttemptTimeLimit);
        StreamCommit[] batch = [Commits.Accepted(contested, 1, "late"), Commits.Accepted(free, 1, "late")];

        var (_, results) = await MeetAsync(Commits.Accepted(contested, 1, "early", 2), () => attempt.SendAsync(batch, lockFirst: false, askLedger: false));

        Assert.Equal((false, 1), (results[0].Committed, results[0].StoredVersion));
        Assert.True(results[1].Committed);
        Assert.Equal((3, 2), (await _one.Queries.VersionAsync(contested), await _one.Queries.VersionAsync(free)));
        Assert.Empty(await _one.Queries.KnownAsync(contested, [CommandIdentity.Of("late")]));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    private async Task<string> NewAsync()
    {
        var stream = Commits.NewStream();
        Assert.True((await _one.CommitAsync(Commits.Accepted(stream, 0, "before"))).Committed);
        return stream;
    }

    /// <summary>
    /// Lets the early commit stand still when it holds its stream, by a ledger row under its key that is taken back again, until the late
    /// one waits for it.
    /// </summary>
    private async Task<(StreamResult Early, T Late)> MeetAsync<T>(StreamCommit early, Func<Task<T>> late)
    {
        await using var holder = new NpgsqlConnection(_one.Database);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        const string Insert = "insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash) values ($1, $2, 1, 0, 1, 'tests.note', '')";
        await using (var hold = new NpgsqlCommand(Insert, holder) { Parameters = { new() { Value = early.Commands[0].Id }, new() { Value = early.StreamId } } })
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var first = _one.CommitAsync(early);
        await Eventually.TrueAsync("the early commit stands still", async () => await Sql.LockWaitsAsync(_one.Database) == 1);
        var second = late();
        await Eventually.TrueAsync("the late commit waits for it", async () => await Sql.LockWaitsAsync(_one.Database) == 2);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        return (await first, await second);
    }
}
