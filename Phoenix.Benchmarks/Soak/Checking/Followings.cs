namespace Phoenix.Benchmarks.Soak.Checking;

/// <summary>
/// Which commands that no client sent follow from those that clients sent: steps of transfers, timers, and what standing orders send.
/// </summary>
internal sealed class Followings
{
    private readonly HashSet<string> _transfers;
    private readonly HashSet<string> _steps;
    private readonly HashSet<string> _paid;
    private readonly HashSet<string> _orders;

    public Followings(StoredLog log)
    {
        _transfers = [.. log.Transfers.Select(transfer => transfer.Stream)];
        _steps = [.. _transfers.SelectMany(transfer => new[] { Steps.Withdraw(transfer), Steps.PutBack(transfer),
            Steps.Deposit(transfer) })];
        _paid = [.. log.Payments.Select(payment => payment.Transfer)];
        _orders = [.. log.Streams.Keys.Where(stream => stream.StartsWith(StoredLog.OrderPrefix, StringComparison.Ordinal))];
    }

    public bool Explain(LedgerEntry entry) => entry.Source switch
    {
        // The coordinator's own facts stand in the transfer's stream.
        "transaction" => _transfers.Contains(entry.Stream) || _steps.Contains(entry.CommandId),
        "timer" => _orders.Contains(entry.Stream) || _transfers.Contains(entry.Stream),
        { } source when source.StartsWith("send:", StringComparison.Ordinal) => _orders.Contains(source["send:".Length..])
        && _paid.Contains(entry.Stream),
        _ => false,
    };
}
