using Phoenix.AppHost.Infrastructure;

namespace Phoenix.AppHost.Cluster;

/// <summary>
/// The service beside a shop that has the goods and parcels of its purchases: a cluster of one silo with a schema and topics of its own,
/// joined to the shop by topics alone.
/// </summary>
internal static class WarehouseService
{
    /// <summary>Its own names.</summary>
    public static ClusterNames NamesBeside(ClusterNames shop) =>
        new(shop.WarehouseSchema, shop.Warehouse!) { Domains = ["Phoenix.Samples.Warehouse"] };

    /// <param name="shop">The settings of the shop's silos, whose names say <see cref="ClusterNames.Warehouse"/>.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<SiloProcess> StartAsync(SiloSettings shop, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var settings = new SiloSettings(shop.ConnectionString, shop.Kafka, NamesBeside(shop.Names))
        {
            Further = new Dictionary<string, string>
            {
                ["Phoenix__Services__shop__TopicPrefix"] = shop.Names.TopicPrefix,
                ["Phoenix__Subscriptions__warehouse_paid_purchases__Topic"] = $"{shop.Names.TopicPrefix}.shop.account.events",
            },
            UsualPorts = false,
        };
        // In a folder of its own: its silo has the name of the shop's.
        return SiloProcess.StartAsync(
            0, 1, settings, options with { WorkFolder = Path.Combine(options.WorkFolder, "warehouse") }, cancellationToken);
    }
}
