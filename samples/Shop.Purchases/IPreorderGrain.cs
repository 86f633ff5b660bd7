using Phoenix;
using Phoenix.Transactions;

namespace Shop.Purchases;

/// <summary>The address of one preorder; the key is its id, and its parcel's.</summary>
[Transaction("shop.preorder")]
public interface IPreorderGrain : ITransactionGrain;
