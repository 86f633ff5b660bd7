using CsCheck;
using Phoenix.EventStore;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// Whatever three silos do at once with a few streams and a few ids: every acknowledged command is stored once, as it was acknowledged, and
/// nothing else is.
/// </summary>
[Trait("Category", "Servers")]
public sealed class InterleavingTests(SharedPostgres postgres)
{
    private static readonly Gen<Deed> Deeds =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[-1, 2], (silo, stream, id, events) => new Deed(silo, stream, $"id-{id}", events));

    [Fact]
    public async Task acknowledged_commands_are_stored_once_and_nothing_else_is()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        // The first two never ask the ledger before they have to, the third does for a while after each repeat.
        await using var first = new EventLog(database, options => options.AskLedgerAfterRepeat = TimeSpan.Zero);
        await using var second = new EventLog(database, options => options.AskLedgerAfterRepeat = TimeSpan.Zero);
        await using var third = new EventLog(database, options => options.Flushes = 1);
        EventLog[] silos = [first, second, third];

        await Deeds.Array[5, 60].SampleAsync(async deeds =>
        {
            var run = Guid.NewGuid().ToString("N");
            var told = await Task.WhenAll(deeds.GroupBy(deed => deed.Silo).SelectMany(silo => Workers(silos[silo.Key], run, [.. silo])));
            await CheckAsync(first, [.. told.SelectMany(outcomes => outcomes)], lostReplies: false);
        }, iter: 40, threads: 1);

        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    [Fact]
    public async Task the_same_holds_when_commits_break_at_every_point()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await using var direct = new EventLog(database, options => options.AskLedgerAfterRepeat = TimeSpan.Zero);
        await using var first = new PostgresFaultProxy(database, isWrite: ProxiedLog.IsAppend);
        await using var second = new PostgresFaultProxy(database, isWrite: ProxiedLog.IsAppend);
        await using var one = ProxiedLog.Through(first);
        await using var other = ProxiedLog.Through(second);
        one.Options.AskLedgerAfterRepeat = TimeSpan.Zero;
        (EventLog Log, PostgresFaultProxy Proxy)[] silos = [(one, first), (other, second), (direct, first)];
        var hits = 0;

        await Gen.Select(Deeds, Gen.Int[0, 9]).Array[5, 40].SampleAsync(async deeds =>
        {
            var run = Guid.NewGuid().ToString("N");
            var told = await Task.WhenAll(deeds.GroupBy(deed => deed.Item1.Silo).Select(async silo =>
            {
                var told = new List<Told>();
                foreach (var (deed, fault) in silo)
                {
                    var broken = Break(silos[silo.Key].Proxy, fault);
                    told.Add(await DoUntilKnownAsync(silos[silo.Key].Log, direct, run, deed));
                    if (broken is { IsCompletedSuccessfully: true }) Interlocked.Increment(ref hits);
                }

                return told;
            }));
            await CheckAsync(direct, [.. told.SelectMany(outcomes => outcomes)], lostReplies: true);
        }, iter: 12, threads: 1);

        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
        Assert.True(hits > 20, $"Only {hits} faults were met.");
    }

    // Half of the commits break: before they are sent to the end, after it with the reply lost, or while they hold their locks and the
    // retry arrives.
    private static Task? Break(PostgresFaultProxy proxy, int fault)
    {
        switch (fault)
        {
            case 0: return proxy.SwallowNextCommitReply().Hit;
            case 1: return proxy.CutBeforeNextCommit().Hit;
            case 2: return proxy.FailNextCommit("53100", "disk full").Hit;
            case 3 or 4:
                var held = proxy.HoldNextCommit();
                return EndAsync(held, commits: fault == 3);
            default: return null;
        }
    }

    private static async Task EndAsync(HeldCommit held, bool commits)
    {
        await held.Hit;
        // The server may have given the held session up by itself; then there is nothing left to end.
        if (commits) await held.ReleaseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else await held.AbortAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>As a client does: sends the same id again until it learns the outcome.</summary>
    private static async Task<Told> DoUntilKnownAsync(EventLog silo, EventLog direct, string run, Deed deed)
    {
        while (true)
        {
            try
            {
                return await DoAsync(silo, run, deed);
            }
            catch (LogException)
            {
                var known = await direct.Queries.KnownAsync($"tests.note/{run}-{deed.Stream}", [CommandIdentity.Of(deed.Id)]);
                if (known.Count > 0) return new($"tests.note/{run}-{deed.Stream}", known[0], First: false);
            }
        }
    }

    // Two workers a silo, so that its own flushes meet as well.
    private static IEnumerable<Task<List<Told>>> Workers(EventLog silo, string run, Deed[] deeds) =>
        deeds.Chunk((deeds.Length + 1) / 2).Select(async part =>
        {
            var told = new List<Told>();
            foreach (var deed in part) told.Add(await DoAsync(silo, run, deed));
            return told;
        });

    /// <summary>Decides on the version it believes in, and again on a conflict, as the decision loop does.</summary>
    private static async Task<Told> DoAsync(EventLog silo, string run, Deed deed)
    {
        var stream = $"tests.note/{run}-{deed.Stream}";
        for (var version = 0L; ;)
        {
            var commit = deed.Events < 0 ? Commits.Rejected(stream, version, deed.Id) : Commits.Accepted(stream, version, deed.Id, deed.Events);
            var result = await silo.CommitAsync(commit);
            if (result.Committed) return new(stream, commit.Commands[0], First: true);
            if (result.Known.Count > 0) return new(stream, result.Known[0], First: false);
            Assert.NotEqual(version, result.StoredVersion);
            version = result.StoredVersion;
        }
    }

    private static async Task CheckAsync(EventLog log, List<Told> told, bool lostReplies)
    {
        foreach (var stream in told.GroupBy(one => one.Stream))
        {
            foreach (var command in stream.GroupBy(one => one.Record.Id))
            {
                // None is the first when the reply to its commit was lost: that one learned its own outcome from the ledger.
                Assert.InRange(command.Count(one => one.First), lostReplies ? 0 : 1, 1);
                Assert.Single(command.Select(one => (one.Record.Outcome, one.Record.VersionBefore, one.Record.VersionAfter)).Distinct());
            }

            var ledger = await log.Queries.KnownAsync(stream.Key, [.. Enumerable.Range(0, 6).Select(id => CommandIdentity.Of($"id-{id}"))]);
            Assert.Equal(stream.Select(one => one.Record.Id).Distinct().Order(), ledger.Select(row => row.Id).Order());
            var events = (await log.Queries.EventsAsync(stream.Key, 0, 1000)).Events;
            var expected = ledger.Where(row => row.VersionAfter > row.VersionBefore).OrderBy(row => row.VersionBefore)
                .SelectMany(row => Enumerable.Repeat(row.OriginalId, (int)(row.VersionAfter - row.VersionBefore)));
            Assert.Equal(expected, events.Select(@event => @event.CausationId));
            Assert.Equal(events.Count, await log.Queries.VersionAsync(stream.Key));
        }
    }

    /// <summary>Events: -1 is a rejection, 0 an acceptance without any.</summary>
    private sealed record Deed(int Silo, int Stream, string Id, int Events);

    private sealed record Told(string Stream, CommandRecord Record, bool First);
}
