using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Takes money out; the reply is the new balance.</summary>
/// <param name="Amount">Above 0, at most two decimals, and no more than is available: the balance without what is reserved.</param>
[Command("shop.withdraw")]
public sealed record Withdraw(decimal Amount) : ICommand<IAccountGrain>;
