using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Pays money in; the reply is the new balance.</summary>
/// <param name="Amount">Above 0, at most two decimals.</param>
[Command("shop.deposit")]
public sealed record Deposit(decimal Amount) : ICommand<IAccountGrain>;
