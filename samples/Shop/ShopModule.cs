using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Hosting;
using Shop.Accounts;

namespace Shop;

/// <summary>What the shop brings to a host beside its aggregates: its read models.</summary>
public sealed class ShopModule : IDomainModule
{
    /// <inheritdoc/>
    public void Configure(IServiceCollection services) =>
        services.ConfigureMarten(options => options.Projections.Add(new AccountBalances(options.DatabaseSchemaName), ProjectionLifecycle.Async));
}
