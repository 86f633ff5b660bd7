using Phoenix;

namespace Shop.Accounts;

/// <summary>The address of an account; the key is its id.</summary>
public interface IAccountGrain : IAggregateGrain<Account>;
