using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Money was taken out.</summary>
/// <param name="Amount">How much.</param>
[Event("shop.money-withdrawn")]
public sealed record MoneyWithdrawn(decimal Amount) : IEvent;
