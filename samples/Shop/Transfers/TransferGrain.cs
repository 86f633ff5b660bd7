using Phoenix.Coordination;

namespace Shop.Transfers;

/// <summary>The transfer's grain.</summary>
public sealed class TransferGrain : SagaGrain<MoneyTransfer>, ITransferGrain;
