using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;

namespace Shop;

#region module
/// <summary>What the shop brings to a host beside its aggregates: its read models.</summary>
public sealed class ShopModule : IDomainModule
{
    /// <inheritdoc/>
    public void Configure(IServiceCollection services) => services.ConfigureMarten<ILogStore>(options =>
    {
        options.Projections.Add(new AccountBalances(options.DatabaseSchemaName), ProjectionLifecycle.Async);
        options.Projections.Add(new OrderList(options.DatabaseSchemaName), ProjectionLifecycle.Async);
        options.Projections.Add(new ProductDays(options.DatabaseSchemaName), ProjectionLifecycle.Async);
    });
}
#endregion
