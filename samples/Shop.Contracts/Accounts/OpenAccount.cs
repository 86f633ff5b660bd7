using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Opens the account; the reply is the balance.</summary>
/// <param name="Owner">Whose account it will be.</param>
/// <param name="OpeningDeposit">Money paid in at once; 0 (default) for none.</param>
[Command("shop.open-account")]
public sealed record OpenAccount(string Owner, decimal OpeningDeposit = 0) : ICommand<IAccountGrain>;
