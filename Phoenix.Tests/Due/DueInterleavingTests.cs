using Phoenix.EventStore;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>
/// Two or three changes of one timer at once, from two silos and by an operator, drawn at random: what comes of them is what comes of them
/// in some order, one after the other, by a model of ten lines (guarantee 2).
/// </summary>
[Trait("Category", "Servers")]
public sealed class DueInterleavingTests(TwoLogs logs) : IClassFixture<TwoLogs>
{
    private const int Rounds = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task changes_at_once_come_to_the_same_as_one_after_the_other(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var stream = Commits.NewStream();
            var before = await StartAsync(stream, random);
            var changes = Enumerable.Range(0, random.Next(2, 4)).Select(number => Draw(random, number, before)).ToList();

            var results = await Task.WhenAll(changes.Select((change, number) =>
                Task.Run(() => change.DoAsync(number % 2 == 0 ? logs.One : logs.Other, stream))));

            var after = new Timer(await VersionAsync(stream), await RowAsync(stream));
            var possible = Orders(changes).Select(order => (Order: order, End: Model(before, order))).ToList();
            Assert.True(
                possible.Exists(one => one.End.After == after
                    && changes.Select(change => one.End.Took.Contains(change)).SequenceEqual(results)),
                $"Seed {seed}, round {round}: {before}, then at once {string.Join(" and ", changes.Zip(results, (change, took) => $"{change} ({took})"))} gives {after}.");
        }

        Assert.Equal(0, await EventLog.InconsistenciesAsync(logs.One.Database));
    }

    private async Task<Timer> StartAsync(string stream, Random random)
    {
        var (row, events) = (random.Next(4) > 0 ? DueRows.New("alarm") : null, random.Next(2));
        await logs.One.CommitAsync(Commits.Accepted(stream, 0, "start", events, row is null ? null : DueRows.Set(row)));
        return new(events, row?.Generation);
    }

    private static Change Draw(Random random, int number, Timer before) => new(
        (Kind)random.Next(4), $"change-{number}", before.Version, random.Next(2), DueRows.New("alarm"),
        // The row that is there, or one of another life.
        before.Row is { } there && random.Next(5) > 0 ? there : Guid.NewGuid());

    private async Task<Guid?> RowAsync(string stream) =>
        (await logs.One.Due.ListAsync(DuePlace.First, 10, owner: stream)) is [var row] ? row.Reference.Generation : null;

    private Task<long> VersionAsync(string stream) => EventLog.ScalarAsync<long>(
        logs.One.Database, $"select coalesce((select version from phoenix.mt_streams where id = '{stream}'), 0)");

    /// <summary>One after the other: a commit counts on the version it was decided on, a delivery only with its row there just
    /// so.</summary>
    private static (Timer After, HashSet<Change> Took) Model(Timer timer, IEnumerable<Change> order)
    {
        var took = new HashSet<Change>();
        foreach (var change in order)
        {
            var takes = change.Kind switch
            {
                Kind.Operator => timer.Row is not null,
                Kind.Deliver => timer.Version == change.Version && timer.Row == change.Delivered,
                _ => timer.Version == change.Version,
            };
            if (!takes) continue;
            took.Add(change);
            timer = new(
                change.Kind == Kind.Operator ? timer.Version : timer.Version + change.Events,
                change.Kind == Kind.Set ? change.Row.Generation : null);
        }

        return (timer, took);
    }

    private static IEnumerable<IReadOnlyList<Change>> Orders(IReadOnlyList<Change> changes) => changes.Count == 1
        ? [changes]
        : changes.SelectMany(first => Orders([.. changes.Where(change => change != first)]),
            (first, rest) => (IReadOnlyList<Change>)[first, .. rest]);

    private enum Kind { Set, Remove, Deliver, Operator }

    private sealed record Timer(long Version, Guid? Row);

    private sealed record Change(Kind Kind, string Id, long Version, int Events, DueRow Row, Guid Delivered)
    {
        public async Task<bool> DoAsync(EventLog log, string stream) => Kind == Kind.Operator
            ? await log.Due.CancelAsync(stream, "alarm")
            : (await log.CommitAsync(Commits.Accepted(stream, Version, Id, Events, Kind switch
            {
                Kind.Set => DueRows.Set(Row),
                Kind.Remove => DueRows.Remove("alarm"),
                _ => DueRows.Deliver(new("alarm", Delivered, 0)),
            }))).Committed;

        public override string ToString() => Kind == Kind.Operator ? "operator" : $"{Kind} on version {Version} with {Events} events";
    }
}
