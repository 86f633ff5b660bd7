using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>No further transfer will be started.</summary>
[Event("shop.standing-order-stopped")]
public sealed record StandingOrderStopped : IEvent;
