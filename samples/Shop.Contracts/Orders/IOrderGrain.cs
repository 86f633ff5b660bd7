using Phoenix;
using Phoenix.Transactions;

namespace Shop.Orders;

/// <summary>The address of one order; the key is its id.</summary>
[Transaction("shop.order")]
public interface IOrderGrain : ITransactionGrain;
