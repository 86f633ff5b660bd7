using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Money was set aside.</summary>
/// <param name="Amount">How much.</param>
[Event("shop.money-reserved")]
public sealed record MoneyReserved(decimal Amount) : IEvent;
