namespace Phoenix.Runs.Checking;

/// <summary>
/// Which commands that no client sent follow from those that clients sent: steps of transfers and orders, timers, what standing orders
/// send, and bonuses of accounts that joined.
/// </summary>
internal sealed class Followings
{
    private readonly HashSet<string> _transactions;
    private readonly HashSet<string> _steps;
    private readonly HashSet<string> _paid;
    private readonly HashSet<string> _orders;
    private readonly IReadOnlySet<string> _members;

    public Followings(StoredLog log, IReadOnlySet<string> members)
    {
        _members = members;
        _transactions = [.. log.Transfers.Select(transfer => transfer.Stream), .. log.Orders.Select(order => order.Stream),
            .. log.Purchases.Keys];
        _steps =
        [
            .. log.Transfers.SelectMany(transfer => StepsOf(transfer.Stream, Steps.Withdraw, Steps.PutBack, Steps.Deposit)),
            .. log.Orders.SelectMany(order => StepsOf(
                order.Stream, Steps.Take, Steps.PutOnShelf, Steps.Reserve, Steps.Pay, Steps.Release, Steps.Ship)),
            .. log.Purchases.Keys.SelectMany(purchase => StepsOf(purchase, Steps.Reserve, Steps.Pay, Steps.Release)),
        ];
        _paid = [.. log.Payments.Select(payment => payment.Transfer)];
        _orders = [.. log.Streams.Keys.Where(stream => stream.StartsWith(StoredLog.StandingOrderPrefix, StringComparison.Ordinal))];
    }

    public bool Explain(LedgerEntry entry) => entry.Source switch
    {
        // The coordinator's own facts stand in the transaction's stream.
        "transaction" => _transactions.Contains(entry.Stream) || _steps.Contains(entry.CommandId),
        "timer" => _orders.Contains(entry.Stream) || _transactions.Contains(entry.Stream),
        { } source when source.StartsWith("send:", StringComparison.Ordinal) => _orders.Contains(source["send:".Length..])
        && _paid.Contains(entry.Stream),
        _ => Bonuses.Explain(entry, _members),
    };

    private static IEnumerable<string> StepsOf(string transaction, params Func<string, string>[] steps) =>
        steps.Select(step => step(transaction));
}
