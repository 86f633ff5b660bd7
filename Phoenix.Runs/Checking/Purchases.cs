namespace Phoenix.Runs.Checking;

/// <summary>
/// Purchases end, and what they did at both services is what their end says: reserved and paid in the shop, taken and packed at the
/// warehouse, or nothing of it. What the warehouse holds was sent by the shop, and its ledger and its events agree.
/// </summary>
internal static class Purchases
{
    public static IEnumerable<Violation> Check(StoredLog log, ILookup<(string Stream, string CommandId), LedgerEntry> ledger)
    {
        var here = Steps.Accepted(ledger);
        var warehouse = log.Warehouse.Ledger.ToLookup(entry => (entry.Stream, entry.CommandId));
        var there = Steps.Accepted(warehouse);
        return
        [
            .. log.Purchases.SelectMany(purchase => Check(purchase.Key, purchase.Value, here, there, log.Warehouse.ShopPrefix)),
            .. Strangers(log),
            .. Checker.Effects(Enumerable.Empty<Histories.HistoryRecord>().ToLookup(record => (record.Stream, record.CommandId)), warehouse,
                log.Warehouse.Events.ToLookup(entry => (entry.Stream, entry.CommandId))),
            .. log.Warehouse.Events.Where(entry => entry.Stream.StartsWith(StoredWarehouse.GoodsPrefix, StringComparison.Ordinal))
                .GroupBy(entry => entry.Stream).Select(Checker.FirstBelowZero).OfType<Violation>(),
        ];
    }

    private static IEnumerable<Violation> Check(
        string purchase, bool? end, HashSet<string> here, HashSet<string> there, string prefix)
    {
        if (end is not { } completed)
        {
            yield return new(ViolationKind.TransactionNotEnded, purchase, "It was started and has no end.");
            yield break;
        }

        var (reserved, paid, released) = (
            here.Contains(Steps.Reserve(purchase)), here.Contains(Steps.Pay(purchase)), here.Contains(Steps.Release(purchase)));
        var (taken, putBack, packed) = (
            there.Contains(Steps.TakeGoods(prefix, purchase)), there.Contains(Steps.StoreGoods(prefix, purchase)),
            there.Contains(Steps.Pack(prefix, purchase)));
        var isRight = completed
            ? (reserved, paid, released, taken, putBack, packed) == (true, true, false, true, false, true)
            : !paid && !packed && released == reserved && putBack == taken;
        if (!isRight)
        {
            yield return new(ViolationKind.TransactionEndDiffers, purchase, $"It is {(completed ? "completed" : "undone")}; "
                + $"reserved {reserved}, paid {paid}, released {released}; "
                + $"at the warehouse taken {taken}, put back {putBack}, packed {packed}.");
        }
    }

    /// <summary>Steps at the warehouse are those of purchases.</summary>
    private static IEnumerable<Violation> Strangers(StoredLog log)
    {
        var prefix = log.Warehouse.ShopPrefix;
        var steps = log.Purchases.Keys
            .SelectMany(purchase => (string[])
                [Steps.TakeGoods(prefix, purchase), Steps.StoreGoods(prefix, purchase), Steps.Pack(prefix, purchase)])
            .ToHashSet();
        return log.Warehouse.Ledger
            .Where(entry => entry.CommandId.StartsWith("tx-", StringComparison.Ordinal) && !steps.Contains(entry.CommandId))
            .Select(entry => new Violation(ViolationKind.NeverSent, entry.Stream, $"'{entry.CommandId}' is a step of no purchase."));
    }
}
