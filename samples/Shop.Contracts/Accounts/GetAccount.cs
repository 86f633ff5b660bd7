using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Asks what the account looks like.</summary>
[Query("shop.get-account")]
public sealed record GetAccount : IQuery<IAccountGrain, AccountView>;
