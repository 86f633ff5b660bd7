using Phoenix.Runs.Histories;

namespace Phoenix.Runs.Checking;

/// <summary>
/// Compares what independent clients saw with what is stored. It shares no code with the engine and trusts neither side: what a client was
/// told must be stored, and what is stored must have been sent.
/// </summary>
internal static class Checker
{
    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryRecord> history, StoredLog log)
    {
        var ledger = log.Ledger.ToLookup(entry => (entry.Stream, entry.CommandId));
        var events = log.Events.ToLookup(entry => (entry.Stream, entry.CommandId));
        var sent = history.Where(record => record.Stream != Bonuses.Stream).ToLookup(record => (record.Stream, record.CommandId));
        return [.. Answers(sent, ledger), .. Effects(sent, ledger, events), .. Strangers(sent, ledger, log, Bonuses.Members(history)), .. Streams(log), .. Money(log), .. Goods(log),
            .. Transfers.Check(log, ledger), .. Orders.Check(log, ledger), .. Bonuses.Check(history, log),
            .. Ends.Check(sent, log, ledger), .. Purchases.Check(log, ledger)];
    }

    /// <summary>Every answered command is in the ledger once, as answered, and all answers to it are the same.</summary>
    private static IEnumerable<Violation> Answers(
        ILookup<(string Stream, string CommandId), HistoryRecord> sent, ILookup<(string Stream, string CommandId), LedgerEntry> ledger)
    {
        foreach (var command in sent)
        {
            var answers = command.Where(record => record.Event is ClientEvent.Accepted or ClientEvent.Rejected).Select(Outcome).Distinct().ToList();
            if (answers.Count == 0) continue;
            var (stream, id) = command.Key;
            if (answers.Count > 1)
                yield return new(
                    ViolationKind.RepeatDiffers, stream, $"'{id}' was answered in {answers.Count} ways: {string.Join(" and ", answers)}.");
            var recorded = ledger[command.Key].Select(Outcome).ToList();
            if (recorded.Count != 1)
                yield return new(ViolationKind.AnsweredNotRecorded, stream,
                    $"'{id}' was answered with {answers[0]}; the ledger has it {recorded.Count} times.");
            else if (answers.Any(answer => answer != recorded[0]))
                yield return new(
                    ViolationKind.AnswerDiffers, stream, $"'{id}' was answered with {answers[0]}; the ledger says {recorded[0]}.");
        }
    }

    /// <summary>
    /// What is accepted has exactly the events of its versions, what is rejected none, what nobody knows at most one effect.
    /// </summary>
    internal static IEnumerable<Violation> Effects(
        ILookup<(string Stream, string CommandId), HistoryRecord> sent, ILookup<(string Stream, string CommandId), LedgerEntry> ledger,
        ILookup<(string Stream, string CommandId), StoredEntry> events)
    {
        foreach (var key in sent.Select(command => command.Key).Union(ledger.Select(row => row.Key)).Union(events.Select(row => row.Key)))
        {
            var (stream, id) = key;
            var versions = events[key].Select(entry => entry.Version).Order().ToList();
            var wasAnswered = sent[key].Any(record => record.Event is ClientEvent.Accepted or ClientEvent.Rejected);
            var accepted = ledger[key].Where(entry => entry.IsAccepted).ToList();
            var isRejected = sent[key].Any(record => record.Event == ClientEvent.Rejected) || (accepted.Count == 0 && ledger[key].Any());
            if (isRejected && versions.Count > 0)
                yield return new(ViolationKind.RejectedHasEvents, stream, $"'{id}' was rejected and has events at {Text(versions)}.");
            else if (!wasAnswered && ledger[key].Count() > 1)
                yield return new(ViolationKind.UnknownTwice, stream,
                    $"No client knows how '{id}' ended, and the ledger has it {ledger[key].Count()} times.");
            else if (!isRejected && Expected(accepted) is var expected && !versions.SequenceEqual(expected))
                yield return new(!wasAnswered && versions.Count > expected.Count ? ViolationKind.UnknownTwice : ViolationKind.EventsDiffer,
                    stream, $"'{id}' has events at {Text(versions)}; its outcome says {Text(expected)}.");
        }
    }

    /// <summary>What is stored was sent by a client, or follows from what was.</summary>
    private static IEnumerable<Violation> Strangers(
        ILookup<(string Stream, string CommandId), HistoryRecord> sent, ILookup<(string Stream, string CommandId), LedgerEntry> ledger,
        StoredLog log, IReadOnlySet<string> members)
    {
        var followings = new Followings(log, members);
        return ledger.Select(entry => entry.Key).Union(log.Events.Select(entry => (entry.Stream, entry.CommandId)))
            .Where(key => !sent.Contains(key) && !ledger[key].Any(followings.Explain))
            .Select(key => new Violation(ViolationKind.NeverSent, key.Stream, $"'{key.CommandId}' is stored and no client sent it."));
    }

    private static IEnumerable<Violation> Streams(StoredLog log)
    {
        foreach (var stream in log.Events.GroupBy(entry => entry.Stream))
        {
            var versions = stream.Select(entry => entry.Version).Order().ToList();
            if (!versions.SequenceEqual(Enumerable.Range(1, versions.Count).Select(version => (long)version)))
                yield return new(ViolationKind.VersionsNotContiguous, stream.Key, $"{versions.Count} events have the versions {Text(versions)}.");
            else if (log.Streams.GetValueOrDefault(stream.Key) is var version && version != versions.Count)
                yield return new(ViolationKind.VersionsNotContiguous, stream.Key, $"{versions.Count} events are stored; the stream's version is {version}.");
        }
    }

    /// <summary>Balances, computed from the events alone, are never negative and are those of the read model.</summary>
    private static IEnumerable<Violation> Money(StoredLog log)
    {
        foreach (var stream in Of(log, StoredLog.AccountPrefix))
        {
            if (FirstBelowZero(stream) is { } overdrawn) yield return overdrawn;
            var expected = new ProjectedAccount(stream.Sum(entry => entry.Change), stream.Max(entry => entry.Version));
            if (log.Accounts.GetValueOrDefault(stream.Key) is var row && row != expected)
                yield return new(ViolationKind.ProjectionDiffers, stream.Key, $"The events give {expected}; the read model says {row?.ToString() ?? "nothing"}.");
        }

        foreach (var account in log.Accounts.Keys.Except(log.Events.Select(entry => entry.Stream)))
            yield return new(ViolationKind.ProjectionDiffers, account, "The read model has it; no event does.");
    }

    /// <summary>No more pieces are taken off a shelf than lay on it.</summary>
    private static IEnumerable<Violation> Goods(StoredLog log) => Of(log, StoredLog.ProductPrefix).Select(FirstBelowZero).OfType<Violation>();

    private static IEnumerable<IGrouping<string, StoredEntry>> Of(StoredLog log, string prefix) =>
        log.Events.Where(entry => entry.Stream.StartsWith(prefix, StringComparison.Ordinal)).GroupBy(entry => entry.Stream);

    internal static Violation? FirstBelowZero(IGrouping<string, StoredEntry> stream)
    {
        var sum = 0m;
        foreach (var entry in stream.OrderBy(entry => entry.Version))
        {
            sum += entry.Change;
            if (sum < 0) return new(ViolationKind.Overdrawn, stream.Key, $"After '{entry.CommandId}' at version {entry.Version} the sum is {sum}.");
        }

        return null;
    }

    private static List<long> Expected(List<LedgerEntry> accepted) => [.. accepted.SelectMany(entry => Enumerable.Range(1, (int)(entry.After - entry.Before)).Select(step => entry.Before + step)).Order()];

    private static (bool Accepted, string? Code, long Before, long After, string? Reply) Outcome(HistoryRecord record) =>
        (record.Event == ClientEvent.Accepted, record.Code, record.Before ?? -1, record.After ?? -1, record.Reply);

    private static (bool Accepted, string? Code, long Before, long After, string? Reply) Outcome(LedgerEntry entry) => (entry.IsAccepted, entry.Code, entry.Before, entry.After, entry.Reply);

    private static string Text(List<long> versions) => versions.Count == 0 ? "no version" : versions.Count > 20 ? $"{versions[0]} to {versions[^1]}" : string.Join(", ", versions);
}
