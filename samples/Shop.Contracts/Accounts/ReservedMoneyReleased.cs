using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Reserved money became available again.</summary>
/// <param name="Amount">How much.</param>
[Event("shop.reserved-money-released")]
public sealed record ReservedMoneyReleased(decimal Amount) : IEvent;
