using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>The account was closed for good.</summary>
[Event("shop.account-closed")]
public sealed record AccountClosed : IEvent;
