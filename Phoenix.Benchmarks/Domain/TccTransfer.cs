using Phoenix.Transactions;

namespace Phoenix.Benchmarks.Domain;

/// <summary>Two tries at once, then two confirms at once: start, four of them and the end are six commits.</summary>
public sealed class TccTransfer : Saga<ITccTransferGrain>
{
    public static Plan Handle(TransferByTcc transfer) => InOrder(
        Together(Part("from", transfer.From, -transfer.Amount), Part("to", transfer.To, transfer.Amount)));

    private static Step<IPurseGrain> Part(string name, string purse, long amount) =>
        Step(name, purse, new HoldMoney(amount)).Confirm(new SettleMoney(amount)).Cancel(new DropMoney(amount));
}
