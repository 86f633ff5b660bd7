using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Shop.Accounts;

namespace Phoenix.Tests.Projecting;

/// <summary>A read model of documents: the owner of each account.</summary>
public sealed class AccountOwner
{
    public string Id { get; set; } = "";

    public string Owner { get; set; } = "";

    public int Deposits { get; set; }
}

/// <summary>Fills it.</summary>
public sealed partial class AccountOwners : SingleStreamProjection<AccountOwner, string>
{
    public AccountOwners() => Name = "account_owners";

    public static void Add(IServiceCollection services) => services.ConfigureMarten<ILogStore>(options =>
        options.Projections.Add(new AccountOwners(), ProjectionLifecycle.Async));

    public static AccountOwner Create(AccountOpened opened) => new() { Owner = opened.Owner };

    public static void Apply(MoneyDeposited _, AccountOwner view) => view.Deposits++;
}
