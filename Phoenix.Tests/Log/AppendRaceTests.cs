using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Guarantees 1 to 3 at the statement itself: two silos that meet at the same streams and the same ids.</summary>
[Trait("Category", "Servers")]
public sealed class AppendRaceTests(TwoLogs logs) : IClassFixture<TwoLogs>
{
    private readonly EventLog _one = logs.One;
    private readonly EventLog _other = logs.Other;

    [Fact]
    public async Task two_that_create_a_stream_at_once_are_one_creation_and_one_conflict()
    {
        for (var round = 0; round < 20; round++)
        {
            var stream = Commits.NewStream();
            var results = await Task.WhenAll(
                _one.CommitAsync(Commits.Accepted(stream, 0, "a", 2)), _other.CommitAsync(Commits.Accepted(stream, 0, "b", 3)));

            var loser = Assert.Single(results, result => !result.Committed);
            Assert.Empty(loser.Known);
            Assert.Equal(results[0].Committed ? 2 : 3, loser.StoredVersion);
        }

        await Consistent();
    }

    [Fact]
    public async Task the_same_command_sent_twice_at_once_is_recorded_once_and_both_learn_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var stream = Commits.NewStream();
            var version = round % 2;
            if (version == 1) await _one.CommitAsync(Commits.Accepted(stream, 0, "before"));
            var results = await Task.WhenAll(
                _one.CommitAsync(Commits.Accepted(stream, version, "same")), _other.CommitAsync(Commits.Accepted(stream, version, "same")));

            var loser = Assert.Single(results, result => !result.Committed);
            Assert.Equal((RecordedOutcome.Accepted, version, version + 1), Story(Assert.Single(loser.Known)));
        }

        await Consistent();
    }

    [Fact]
    public async Task a_rejection_of_the_absent_and_a_creation_under_one_id_leave_one_outcome()
    {
        for (var round = 0; round < 20; round++)
        {
            var stream = Commits.NewStream();
            var results = await Task.WhenAll(
                _one.CommitAsync(Commits.Rejected(stream, 0, "same")), _other.CommitAsync(Commits.Accepted(stream, 0, "same")));

            var winner = results[0].Committed ? RecordedOutcome.Rejected : RecordedOutcome.Accepted;
            Assert.Equal(winner, Assert.Single(Assert.Single(results, result => !result.Committed).Known).Outcome);
            Assert.Equal(winner == RecordedOutcome.Accepted ? 1 : 0, await _one.Queries.VersionAsync(stream));
        }

        await Consistent();
    }

    [Fact]
    public async Task a_conflict_costs_its_own_stream_only()
    {
        var streams = Enumerable.Range(0, 60).Select(_ => Commits.NewStream()).ToList();
        foreach (var taken in streams.Where((_, index) => index % 3 == 0)) await _other.CommitAsync(Commits.Accepted(taken, 0, "other"));

        var results = await Task.WhenAll(streams.Select(stream => _one.CommitAsync(Commits.Accepted(stream, 0, "mine", 2))));

        Assert.Equal(streams.Select((_, index) => index % 3 != 0), results.Select(result => result.Committed));
        await Consistent();
    }

    [Fact]
    public async Task a_stream_with_known_ids_tells_all_of_them_and_stores_nothing()
    {
        var stream = Commits.NewStream();
        await _other.CommitAsync(Commits.Several(stream, 0, "a", "b", "c"));

        foreach (var log in (EventLog[])[_one, _other])
        {
            var result = await log.CommitAsync(Commits.Several(stream, 3, "b", "new", "c"));

            Assert.False(result.Committed);
            Assert.Equal(["b", "c"], result.Known.Select(known => known.OriginalId!).Order());
        }

        Assert.Empty(await _one.Queries.KnownAsync(stream, [CommandIdentity.Of("new")]));
        Assert.Equal(3, await _one.Queries.VersionAsync(stream));
    }

    [Fact]
    public async Task the_same_id_in_another_stream_is_another_command()
    {
        var (first, second) = (Commits.NewStream(), Commits.NewStream());
        await _one.CommitAsync(Commits.Accepted(first, 0, "same"));

        Assert.True((await _other.CommitAsync(Commits.Accepted(second, 0, "same"))).Committed);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task a_rejection_decided_on_another_version_is_not_recorded(long decidedOn, int stored)
    {
        var stream = Commits.NewStream();
        await _one.CommitAsync(Commits.Accepted(stream, 0, "before", stored));

        Assert.False((await _other.CommitAsync(Commits.Rejected(stream, decidedOn, "stale"))).Committed);
        Assert.False((await _other.CommitAsync(Commits.Accepted(stream, decidedOn, "stale", events: 0))).Committed);
        Assert.Empty(await _one.Queries.KnownAsync(stream, [CommandIdentity.Of("stale")]));
        Assert.True((await _other.CommitAsync(Commits.Rejected(stream, stored, "stale"))).Committed);
        await Consistent();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task batches_that_meet_in_opposite_order_do_not_deadlock(bool someRejected)
    {
        var streams = Enumerable.Range(0, 30).Select(_ => Commits.NewStream()).ToList();
        var deadlocks = await DeadlocksAsync();
        for (var round = 0; round < 10; round++)
        {
            var id = $"round-{round}";
            // The streams exist from the second round on, but for those that every round's rejections meet as absent. What only moves takes
            // no locks beforehand.
            var commits = streams.Select((stream, index) => someRejected && index % 2 != 0 ? Commits.Rejected(stream, 0, id) : Commits.Accepted(stream, round, id)).ToList();
            var forth = commits.Select(_one.CommitAsync);
            var back = commits.AsEnumerable().Reverse().Select(_other.CommitAsync);
            var results = await Task.WhenAll(forth.Concat(back).ToList());
            Assert.Equal(streams.Count, results.Count(result => result.Committed));
        }

        Assert.Equal(deadlocks, await DeadlocksAsync());
        await Consistent();
    }

    [Fact]
    public async Task content_that_postgresql_refuses_costs_its_own_stream_only()
    {
        var good = Enumerable.Range(0, 20).Select(_ => Commits.NewStream()).ToList();
        var half = Commits.Rejected(Commits.NewStream(), 0, "half");
        var bad = new[]
        {
            Commits.Accepted(Commits.NewStream(), 0, "nul") with { Events = [new(1, "tests.noted", """{"text":"\u0000"}""", null, null, null, null)] },
            half with { Commands = [half.Commands[0] with { Message = "cut in the middle of \ud83d" }] },
            half with { StreamId = Commits.NewStream(), Commands = [half.Commands[0] with { Principal = "a\0b" }] },
        };

        var failures = bad.Select(commit => Assert.ThrowsAsync<LogContentException>(() => _one.CommitAsync(commit))).ToList();
        var results = await Task.WhenAll(good.Select(stream => _one.CommitAsync(Commits.Accepted(stream, 0, "a"))));

        await Task.WhenAll(failures);
        Assert.All(results, result => Assert.True(result.Committed));
        await Consistent();
    }

    [Fact]
    public async Task a_damaged_stream_costs_its_neighbours_nothing()
    {
        await using var hasty = new EventLog(_one.Database, options => (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        var damaged = Commits.NewStream();
        await hasty.CommitAsync(Commits.Accepted(damaged, 0, "a", 3));
        await EventLog.ScalarAsync<long>(_one.Database, $"with back as (update phoenix.mt_streams set version = 2 where id = '{damaged}' returning 1) select count(*) from back");

        var failure = Assert.ThrowsAsync<LogUnavailableException>(() => hasty.CommitAsync(Commits.Accepted(damaged, 2, "b")));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hasty.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "a"))));

        Assert.All(results, result => Assert.True(result.Committed));
        await failure;
        await Assert.ThrowsAsync<LogBrokenException>(() => hasty.ReadAsync(damaged));
        await EventLog.ScalarAsync<long>(_one.Database, $"with back as (update phoenix.mt_streams set version = 3 where id = '{damaged}' returning 1) select count(*) from back");
        Assert.Equal(3, (await hasty.ReadAsync(damaged)).Count);
    }

    private static (RecordedOutcome, long, long) Story(CommandRecord record) => (record.Outcome, record.VersionBefore, record.VersionAfter);

    private async Task Consistent() => Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));

    private Task<long> DeadlocksAsync() => EventLog.ScalarAsync<long>(_one.Database, "select deadlocks from pg_stat_database where datname = current_database()");
}

/// <summary>
/// Two silos' logs on one database; the other never asks the ledger before it has to, the one does for a while after each repeat.
/// </summary>
public sealed class TwoLogs(SharedPostgres postgres) : IAsyncLifetime
{
    internal EventLog One { get; private set; } = null!;
    internal EventLog Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        One = new EventLog(database, Patient);
        Other = new EventLog(database, options =>
        {
            Patient(options);
            options.AskLedgerAfterRepeat = TimeSpan.Zero;
        });
    }

    // Tests let commits stand still: no lock wait is to end before they go on.
    private static void Patient(EventStoreOptions options) => (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Other.DisposeAsync();
    }
}
