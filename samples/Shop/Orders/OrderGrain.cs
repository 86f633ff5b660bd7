using Phoenix.Coordination;

namespace Shop.Orders;

/// <summary>The order's grain.</summary>
public sealed class OrderGrain : SagaGrain<OrderPlacement>, IOrderGrain;
