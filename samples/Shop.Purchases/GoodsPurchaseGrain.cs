using Phoenix.Coordination;

namespace Shop.Purchases;

/// <summary>The purchase's grain.</summary>
public sealed class GoodsPurchaseGrain : SagaGrain<GoodsPurchase>, IPurchaseGrain;
