using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>The account was opened.</summary>
/// <param name="Owner">Whose account it is.</param>
[Event("shop.account-opened")]
public sealed record AccountOpened(string Owner) : IEvent;
