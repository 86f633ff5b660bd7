using Phoenix;
using Phoenix.Transactions;

namespace Shop.Charges;

/// <summary>The address of one charge; the key is its id.</summary>
[Transaction("shop.charge")]
public interface IChargeGrain : ITransactionGrain;
