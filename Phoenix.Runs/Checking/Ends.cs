using Phoenix.Runs.Histories;

namespace Phoenix.Runs.Checking;

/// <summary>Who waited for the end of a transaction was told the one that is stored; of a start that was refused nothing is.</summary>
internal static class Ends
{
    public static IEnumerable<Violation> Check(
        ILookup<(string Stream, string CommandId), HistoryRecord> sent, StoredLog log,
        ILookup<(string Stream, string CommandId), LedgerEntry> ledger) =>
        sent.SelectMany(start => Told(start, log).Concat(Refused(start, log, ledger)));

    private static IEnumerable<Violation> Told(IGrouping<(string Stream, string CommandId), HistoryRecord> start, StoredLog log)
    {
        var told = start.Where(record => record.Event is ClientEvent.Completed or ClientEvent.Compensated)
            .Select(record => new StoredEnd(record.Event == ClientEvent.Completed, record.Code, record.Reply)).Distinct().ToList();
        if (told.Count == 0) yield break;
        var stored = log.Ends.GetValueOrDefault(start.Key.Stream);
        if (told.Count > 1 || told[0] != stored)
        {
            yield return new(ViolationKind.EndToldDiffers, start.Key.Stream,
                $"Its end was told as {string.Join(" and ", told)}; stored is {stored?.ToString() ?? "none"}.");
        }
    }

    /// <summary>Only where every answer was a refusal: what nobody answered may have been taken.</summary>
    private static IEnumerable<Violation> Refused(
        IGrouping<(string Stream, string CommandId), HistoryRecord> start, StoredLog log,
        ILookup<(string Stream, string CommandId), LedgerEntry> ledger)
    {
        if (!start.Any(record => record.Event == ClientEvent.Refused)
            || start.Any(record => record.Event is not (ClientEvent.Sent or ClientEvent.Refused))) yield break;
        if (ledger[start.Key].Any() || log.Streams.ContainsKey(start.Key.Stream))
        {
            yield return new(
                ViolationKind.RefusedTookEffect, start.Key.Stream, $"'{start.Key.CommandId}' was refused each time, and is stored.");
        }
    }
}
