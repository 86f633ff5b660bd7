namespace Phoenix.Runs.Checking;

/// <summary>Transfers end, and what they did is what their end says; standing orders go on, and what they send arrives.</summary>
internal static class Transfers
{
    public static IEnumerable<Violation> Check(StoredLog log, ILookup<(string Stream, string CommandId), LedgerEntry> ledger)
    {
        var steps = Steps.Accepted(ledger);
        return [.. log.Transfers.SelectMany(transfer => Check(transfer, steps)), .. Sends(log), .. Timers(log)];
    }

    private static IEnumerable<Violation> Check(StoredTransfer transfer, HashSet<string> accepted)
    {
        if (transfer.Completed is not { } completed)
        {
            yield return new(ViolationKind.TransactionNotEnded, transfer.Stream, "It was started and has no end.");
            yield break;
        }

        var (taken, given, putBack) = (
            Was(Steps.Withdraw(transfer.Stream)), Was(Steps.Deposit(transfer.Stream)), Was(Steps.PutBack(transfer.Stream)));
        var isRight = completed ? (taken, given, putBack) == (true, true, false) : !given && putBack == taken;
        if (!isRight)
            yield return new(ViolationKind.TransactionEndDiffers, transfer.Stream,
                $"It is {(completed ? "completed" : "undone")}; withdrawn {taken}, deposited {given}, put back {putBack}.");

        bool Was(string step) => accepted.Contains(step);
    }

    private static IEnumerable<Violation> Sends(StoredLog log)
    {
        var transfers = log.Transfers.Select(transfer => transfer.Stream).ToHashSet();
        return log.Payments.Where(payment => !transfers.Contains(payment.Transfer))
            .Select(payment => new Violation(ViolationKind.SendLost, StoredLog.StandingOrderPrefix + payment.Order,
                $"Payment {payment.Number} was decided; its transfer was not started."));
    }

    // All orders start and stop together, so that one whose timer was lost has far fewer payments.
    private static IEnumerable<Violation> Timers(StoredLog log)
    {
        var paid = log.Payments.GroupBy(payment => payment.Order)
            .ToDictionary(order => StoredLog.StandingOrderPrefix + order.Key, order => order.Count());
        var most = paid.Values.DefaultIfEmpty().Max();
        foreach (var order in log.Streams.Keys.Where(stream => stream.StartsWith(StoredLog.StandingOrderPrefix, StringComparison.Ordinal)))
        {
            if (paid.GetValueOrDefault(order) < most / 2)
                yield return new(
                    ViolationKind.TimerLost, order, $"It paid {paid.GetValueOrDefault(order)} times; another one {most} times.");
        }

        if (log.Due > 0) yield return new(ViolationKind.TimerLost, "phoenix_due", $"{log.Due} timers and sends are left over.");
    }
}
