using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>
/// Sets money aside for a purchase: it stays in the account, and nothing else can spend it. The reply is what is still available.
/// </summary>
/// <param name="Amount">Above 0, at most two decimals, and no more than is available.</param>
[Command("shop.reserve-money")]
public sealed record ReserveMoney(decimal Amount) : ICommand<IAccountGrain>;
