using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>A transfer was started.</summary>
/// <param name="Number">Which, from 1.</param>
[Event("shop.standing-order-paid")]
public sealed record StandingOrderPaid(int Number) : IEvent;
