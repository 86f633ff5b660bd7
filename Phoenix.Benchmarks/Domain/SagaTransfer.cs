using Phoenix.Transactions;

namespace Phoenix.Benchmarks.Domain;

/// <summary>Two steps, one after the other: start, two moves and the end are four commits.</summary>
public sealed class SagaTransfer : Saga<ISagaTransferGrain>
{
    public static Plan Handle(TransferBySaga transfer) => InOrder(
        Step("take", transfer.From, new MoveMoney(-transfer.Amount)).Undo(new MoveMoney(transfer.Amount)),
        Step("put", transfer.To, new MoveMoney(transfer.Amount)));
}
