using Phoenix.Model;

namespace Shop.StandingOrders;

#region event
/// <summary>No further transfer will be started.</summary>
/// <param name="Reason">Why. Events of version 1 did not tell.</param>
[Event("shop.standing-order-stopped", Version = 2)]
public sealed record StandingOrderStopped(string Reason) : IEvent;
#endregion
