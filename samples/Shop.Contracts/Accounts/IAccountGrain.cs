using Phoenix;
using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>The address of an account; the key is its id.</summary>
[Aggregate("shop.account")]
public interface IAccountGrain : IAggregateGrain;
