using Phoenix.Aggregates;

namespace Shop.Accounts;

/// <summary>The account's grain.</summary>
public sealed class AccountGrain : AggregateGrain<Account>, IAccountGrain;
