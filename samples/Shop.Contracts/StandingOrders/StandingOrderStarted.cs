using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>Somebody wants money to be moved again and again.</summary>
/// <param name="From">The account's id that pays.</param>
/// <param name="To">The account's id that is paid.</param>
/// <param name="Amount">How much each time.</param>
[Event("shop.standing-order-started")]
public sealed record StandingOrderStarted(string From, string To, decimal Amount) : IEvent;
