using Phoenix;
using Phoenix.Transactions;

namespace Shop.Purchases;

/// <summary>The address of one purchase; the key is its id, and its parcel's.</summary>
[Transaction("shop.purchase")]
public interface IPurchaseGrain : ITransactionGrain;
