using System.Globalization;
using Phoenix.Runs.Histories;

namespace Phoenix.Runs.Checking;

/// <summary>
/// Records that go to all accounts behind a tag: each of them gets each record once, and in the order in which they were written. Each
/// record has an amount of its own, by which it is known again.
/// </summary>
internal static class Bonuses
{
    /// <summary>Where histories have the records; no stream of the log.</summary>
    public const string Stream = "bonuses";

    /// <summary>What ids of commands begin with by which accounts join.</summary>
    public const string Join = "join-";

    private const string Source = "subscription:shop.payments";

    /// <summary>The accounts that joined before the first record was written.</summary>
    public static IReadOnlySet<string> Members(IEnumerable<HistoryRecord> history) =>
        history.Where(record => record.Event == ClientEvent.Accepted && record.CommandId.StartsWith(Join, StringComparison.Ordinal))
            .Select(record => record.Stream).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether a ledger row is a bonus of a member.</summary>
    public static bool Explain(LedgerEntry entry, IReadOnlySet<string> members) => entry.Source == Source && members.Contains(entry.Stream);

    public static IEnumerable<Violation> Check(IReadOnlyList<HistoryRecord> history, StoredLog log)
    {
        var changes = log.Events.ToLookup(entry => (entry.Stream, entry.CommandId), entry => entry.Change);
        var got = log.Ledger.Where(entry => entry.Source == Source).ToLookup(entry => entry.Stream);
        // One that was not acknowledged may have been written, or not.
        var written = history.Where(record => record.Stream == Stream).GroupBy(record => record.CommandId)
            .Select(bonus => (Id: bonus.Key, Amount: AmountOf(bonus.First()),
                IsCertain: bonus.Any(record => record.Event == ClientEvent.Accepted)))
            .ToList();
        foreach (var member in Members(history))
        {
            var amounts = got[member].OrderBy(entry => entry.Before).SelectMany(entry => changes[(member, entry.CommandId)]).ToList();
            foreach (var (id, amount, isCertain) in written)
            {
                var times = amounts.Count(each => each == amount);
                if (times > 1 || (times == 0 && isCertain))
                    yield return new(ViolationKind.BroadcastDiffers, member, $"'{id}' of {amount} came {times} times.");
            }

            foreach (var stranger in amounts.Except(written.Select(bonus => bonus.Amount)))
                yield return new(ViolationKind.BroadcastDiffers, member, $"{stranger} came and was never written.");
            if (!amounts.SequenceEqual(amounts.Order()))
                yield return new(ViolationKind.BroadcastDiffers, member,
                    $"Amounts grow from record to record; they came as {string.Join(", ", amounts.Take(100))}.");
        }
    }

    private static decimal AmountOf(HistoryRecord record) => decimal.Parse(record.Reply!, CultureInfo.InvariantCulture);
}
