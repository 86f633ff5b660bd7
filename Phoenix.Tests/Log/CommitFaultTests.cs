using System.Diagnostics;
using Phoenix.EventStore;
using Phoenix.Faults;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Guarantees 2, 4 and 5 at the commit queue, with a proxy that breaks commits at an exact point.</summary>
[Trait("Category", "Servers")]
public sealed class CommitFaultTests(ProxiedLog log) : IClassFixture<ProxiedLog>
{
    private readonly PostgresFaultProxy _proxy = log.Proxy;
    private readonly EventLog _log = log.Log;
    private readonly string _database = log.Database;

    public static TheoryData<Case> Cases => new(Enum.GetValues<Case>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task a_lost_commit_reply_ends_as_the_recorded_outcome(Case which)
    {
        var commit = await CommitOfAsync(which);
        var fault = _proxy.SwallowNextCommitReply();

        var result = await _log.CommitAsync(commit);

        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(commit.Commands[0].Id, Assert.Single(result.Known).Id);
        await StoredOnceAsync(commit);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task a_connection_cut_before_the_commit_costs_an_attempt_only(Case which)
    {
        var commit = await CommitOfAsync(which);
        var fault = _proxy.CutBeforeNextCommit();

        Assert.True((await _log.CommitAsync(commit)).Committed);

        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await StoredOnceAsync(commit);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task a_retry_that_meets_its_own_commit_waits_and_sees_that_it_committed(Case which)
    {
        var commit = await CommitOfAsync(which);
        var held = _proxy.HoldNextCommit();
        var committing = _log.CommitAsync(commit);
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the retry waits for the locks of the first attempt", WaitsForLockAsync);
        Assert.False(committing.IsCompleted);

        await held.ReleaseAsync();

        Assert.Equal(commit.Commands[0].Id, Assert.Single((await committing).Known).Id);
        await StoredOnceAsync(commit);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task a_retry_that_meets_its_own_commit_takes_over_when_that_is_aborted(Case which)
    {
        var commit = await CommitOfAsync(which);
        var held = _proxy.HoldNextCommit();
        var committing = _log.CommitAsync(commit);
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the retry waits for the locks of the first attempt", WaitsForLockAsync);

        await held.AbortAsync();

        Assert.True((await committing).Committed);
        await StoredOnceAsync(commit);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task a_commit_whose_end_stays_hidden_is_unknown_and_the_same_id_learns_it(Case which)
    {
        var commit = await CommitOfAsync(which);
        var held = _proxy.HoldNextCommit();
        await Assert.ThrowsAsync<LogOutcomeUnknownException>(() => _log.CommitAsync(commit));

        await held.ReleaseAsync();

        Assert.Equal(commit.Commands[0].Id, Assert.Single((await _log.CommitAsync(commit)).Known).Id);
        await StoredOnceAsync(commit);
    }

    [Theory]
    [InlineData("53100", "could not extend file: No space left on device")]
    [InlineData("40P01", "deadlock detected")]
    [InlineData("57P01", "terminating connection due to administrator command")]
    public async Task a_failed_commit_is_sent_again(string sqlState, string message)
    {
        var commit = await CommitOfAsync(Case.ExistingStream);
        var fault = _proxy.FailNextCommit(sqlState, message);

        Assert.True((await _log.CommitAsync(commit)).Committed);

        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await StoredOnceAsync(commit);
    }

    [Fact]
    public async Task a_connection_that_lost_its_prepared_statements_is_replaced()
    {
        var commit = await CommitOfAsync(Case.ExistingStream);
        var fault = _proxy.FailNextCommit("26000", "prepared statement \"_auto3\" does not exist");

        Assert.True((await _log.CommitAsync(commit)).Committed);

        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await StoredOnceAsync(commit);
    }

    [Fact]
    public async Task content_refused_on_a_new_connection_leaves_it_usable()
    {
        // The statements are prepared by the very batch that is refused.
        await using var fresh = new EventLog(_database, options => options.Flushes = 1);
        var rejected = Commits.Rejected(Commits.NewStream(), 0, "half");
        var half = rejected with { Commands = [rejected.Commands[0] with { Message = "\ud83d" }] };
        var nul = rejected with { Commands = [rejected.Commands[0] with { Message = "\0" }] };
        foreach (var bad in new[] { half, nul, half })
        {
            await Assert.ThrowsAsync<LogContentException>(() => fresh.CommitAsync(bad));
            Assert.True((await fresh.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "a"))).Committed);
        }
    }

    [Fact]
    public async Task a_disk_that_stays_full_is_unavailable_after_a_countable_number_of_attempts()
    {
        var commit = await CommitOfAsync(Case.ExistingStream);
        // A proxy of its own: most of its faults are never met.
        await using var proxy = new PostgresFaultProxy(_database, isWrite: ProxiedLog.IsAppend);
        await using var full = ProxiedLog.Through(proxy);
        var faults = Enumerable.Range(0, 60).Select(_ => proxy.FailNextCommit("53100", "No space left on device")).ToList();
        var started = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<LogUnavailableException>(() => full.CommitAsync(commit));

        Assert.Contains("no space left on its disk", error.Message, StringComparison.Ordinal);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, Eventually.Patience);
        Assert.InRange(faults.Count(fault => fault.Hit.IsCompleted), 3, 40);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_database));
    }

    [Fact]
    public async Task refused_connections_are_unavailable_in_time_and_recover_by_themselves()
    {
        var commit = await CommitOfAsync(Case.ExistingStream);
        _proxy.RefuseNew();
        _proxy.CutAll();
        var started = Stopwatch.StartNew();
        // More than two batches, so that some wait behind others that run into their limit.
        var crowd = Enumerable.Range(0, 600).Select(_ => Assert.ThrowsAnyAsync<LogException>(() => _log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "a")))).ToList();

        await Task.WhenAll(crowd);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, Eventually.Patience);
        // What was sent on the two connections that turned out to be broken has an unknown end; the others were never sent.
        Assert.InRange(crowd.Count(failed => failed.Result is LogOutcomeUnknownException), 0, 2 * 128);
        Assert.All(crowd, failed => Assert.True(failed.Result is LogOutcomeUnknownException or LogUnavailableException, failed.Result.ToString()));

        _proxy.Pass();
        Assert.True((await _log.CommitAsync(commit)).Committed);
        await StoredOnceAsync(commit);
    }

    [Fact]
    public async Task a_black_hole_is_unknown_in_time_and_the_same_id_learns_the_truth()
    {
        var commit = await CommitOfAsync(Case.ExistingStream);
        _proxy.BlackHole();
        var started = Stopwatch.StartNew();

        await Assert.ThrowsAsync<LogOutcomeUnknownException>(() => _log.CommitAsync(commit));
        Assert.InRange(started.Elapsed, TimeSpan.Zero, Eventually.Patience);

        _proxy.Pass();
        var result = await _log.CommitAsync(commit);
        Assert.True(result.Committed || result.Known.Count == 1);
        await StoredOnceAsync(commit);
    }

    private async Task<StreamCommit> CommitOfAsync(Case which)
    {
        var stream = Commits.NewStream();
        // Through the proxy, so that connections are open and statements prepared.
        await _log.CommitAsync(Commits.Accepted(which == Case.ExistingStream || which == Case.RejectionOnExistingStream ? stream : Commits.NewStream(), 0, "before"));
        return which switch
        {
            Case.ExistingStream => Commits.Accepted(stream, 1, "id", 2),
            Case.NewStream => Commits.Accepted(stream, 0, "id", 2),
            Case.RejectionOnExistingStream => Commits.Rejected(stream, 1, "id"),
            _ => Commits.Rejected(stream, 0, "id"),
        };
    }

    private async Task StoredOnceAsync(StreamCommit commit)
    {
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_database));
        await using var direct = new EventLog(_database);
        Assert.Equal(commit.ExpectedVersion + commit.Events.Count, await direct.Queries.VersionAsync(commit.StreamId));
        Assert.Single(await direct.Queries.KnownAsync(commit.StreamId, [commit.Commands[0].Id]));
    }

    private async Task<bool> WaitsForLockAsync() => await Sql.LockWaitsAsync(_database) > 0;

    public enum Case
    {
        ExistingStream,
        NewStream,
        RejectionOnExistingStream,
        RejectionOnAbsentStream,
    }
}
