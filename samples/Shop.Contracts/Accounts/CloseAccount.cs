using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Closes the account for good; its balance must be 0.</summary>
[Command("shop.close-account")]
public sealed record CloseAccount : ICommand<IAccountGrain>;
