using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Money was paid in.</summary>
/// <param name="Amount">How much.</param>
[Event("shop.money-deposited")]
public sealed record MoneyDeposited(decimal Amount) : IEvent;
