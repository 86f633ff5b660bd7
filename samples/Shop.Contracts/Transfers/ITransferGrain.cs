using Phoenix;
using Phoenix.Transactions;

namespace Shop.Transfers;

/// <summary>The address of one transfer; the key is its id.</summary>
[Transaction("shop.transfer")]
public interface ITransferGrain : ITransactionGrain;
