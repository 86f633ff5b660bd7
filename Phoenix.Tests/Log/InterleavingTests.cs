using CsCheck;
using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// Whatever three silos do at once with a few streams and a few ids: every acknowledged command is stored once, as it was acknowledged, and nothing else is.
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
        await using var first = new EventLog(database);
        await using var second = new EventLog(database);
        await using var third = new EventLog(database, options => options.Flushes = 1);
        EventLog[] silos = [first, second, third];

        await Deeds.Array[5, 60].SampleAsync(async deeds =>
        {
            var run = Guid.NewGuid().ToString("N");
            var told = await Task.WhenAll(deeds.GroupBy(deed => deed.Silo).SelectMany(silo => Workers(silos[silo.Key], run, [.. silo])));
            await CheckAsync(first, run, [.. told.SelectMany(outcomes => outcomes)]);
        }, iter: 40, threads: 1);

        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
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

    private static async Task CheckAsync(EventLog log, string run, List<Told> told)
    {
        foreach (var stream in told.GroupBy(one => one.Stream))
        {
            foreach (var command in stream.GroupBy(one => one.Record.Id))
            {
                Assert.Single(command, one => one.First);
                Assert.Single(command.Select(one => (one.Record.Outcome, one.Record.VersionBefore, one.Record.VersionAfter)).Distinct());
            }

            var ledger = await log.Queries.KnownAsync(stream.Key, [.. Enumerable.Range(0, 6).Select(id => CommandIdentity.Of($"id-{id}"))]);
            Assert.Equal(stream.Select(one => one.Record.Id).Distinct().Order(), ledger.Select(row => row.Id).Order());
            var events = await log.Queries.EventsAsync(stream.Key, 0, 1000);
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
