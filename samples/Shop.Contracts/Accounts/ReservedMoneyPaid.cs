using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Reserved money was paid.</summary>
/// <param name="Amount">How much.</param>
[Event("shop.reserved-money-paid")]
public sealed record ReservedMoneyPaid(decimal Amount) : IEvent;
