namespace Phoenix.Runs.Checking;

/// <summary>Orders end, and what they did is what their end says: taken, paid and sent, or nothing of it.</summary>
internal static class Orders
{
    public static IEnumerable<Violation> Check(StoredLog log, ILookup<(string Stream, string CommandId), LedgerEntry> ledger)
    {
        var steps = Steps.Accepted(ledger);
        return log.Orders.SelectMany(order => Check(order, steps));
    }

    private static IEnumerable<Violation> Check(StoredOrder order, HashSet<string> accepted)
    {
        if (order.Completed is not { } completed)
        {
            yield return new(ViolationKind.TransactionNotEnded, order.Stream, "It was placed and has no end.");
            yield break;
        }

        var (taken, putBack) = (Was(Steps.Take), Was(Steps.PutOnShelf));
        var (reserved, paid, released, sent) = (Was(Steps.Reserve), Was(Steps.Pay), Was(Steps.Release), Was(Steps.Ship));
        var isRight = completed
            ? (taken, putBack, reserved, paid, released, sent) == (true, false, true, true, false, true)
            : !paid && !sent && putBack == taken && released == reserved;
        if (!isRight)
            yield return new(ViolationKind.TransactionEndDiffers, order.Stream, $"It is {(completed ? "completed" : "undone")}; taken {taken}, "
                + $"put back {putBack}, reserved {reserved}, paid {paid}, released {released}, sent {sent}.");

        bool Was(Func<string, string> step) => accepted.Contains(step(order.Stream));
    }
}
