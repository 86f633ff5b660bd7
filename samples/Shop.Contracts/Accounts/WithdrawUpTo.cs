using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Takes out what is available, up to an amount; the reply is how much that was. Rejected when there is nothing.</summary>
/// <param name="Amount">Above 0, at most two decimals.</param>
[Command("shop.withdraw-up-to")]
public sealed record WithdrawUpTo(decimal Amount) : ICommand<IAccountGrain>;
