using Phoenix.Local.Programs;

namespace Phoenix.Runs.Samples;

/// <summary>The shop as a cluster runs it.</summary>
internal static class ShopCluster
{
    /// <summary>The assembly of its aggregates.</summary>
    public const string Domain = "Phoenix.Samples.Shop";

    private const int PaymentPartitions = 3;

    /// <summary>These names, running the shop with all that it publishes, reads and shows.</summary>
    public static ClusterNames WithShop(this ClusterNames names) => names with
    {
        Domains = [Domain, "Phoenix.Samples.Shop.Publications"],
        SiloSettings = new Dictionary<string, string>
        {
            ["Phoenix__Publications__Forward__0"] = "shop.account",
            ["Phoenix__Subscriptions__shop_payments__Topic"] = Payments(names.TopicPrefix),
        },
        GatewaySettings = ShopReadModels.Settings(names.Schema).ToDictionary(),
        // Somebody else's, as the silos see it.
        ForeignTopics = new Dictionary<string, int> { [Payments(names.TopicPrefix)] = PaymentPartitions },
    };

    /// <summary>The name of the service that has the goods and parcels of purchases.</summary>
    public const string Warehouse = "warehouse";

    /// <summary>These names, with purchases of goods that a warehouse beside the shop has.</summary>
    public static ClusterNames WithWarehouse(this ClusterNames names) => names with
    {
        Domains = [.. names.Domains, "Phoenix.Samples.Shop.Purchases"],
        SiloSettings = new Dictionary<string, string>(names.SiloSettings)
        {
            ["Phoenix__Services__warehouse__TopicPrefix"] = WarehousePrefix(names.TopicPrefix),
        },
        Beside = new Dictionary<string, ClusterNames>
        {
            [Warehouse] = new(WarehouseSchema(names.Schema), WarehousePrefix(names.TopicPrefix))
            {
                Domains = ["Phoenix.Samples.Warehouse"],
                SiloSettings = new Dictionary<string, string>
                {
                    ["Phoenix__Services__shop__TopicPrefix"] = names.TopicPrefix,
                    ["Phoenix__Subscriptions__warehouse_paid_purchases__Topic"] = $"{names.TopicPrefix}.shop.account.events",
                },
            },
        },
    };

    /// <summary>The schema of the warehouse beside a shop with this one.</summary>
    public static string WarehouseSchema(string shop) => $"{shop}_warehouse";

    /// <summary>The first part of the names of its topics, beside a shop with this one.</summary>
    public static string WarehousePrefix(string shop) => $"{shop}-warehouse";

    /// <summary>The topic that the shop's subscription reads.</summary>
    public static string Payments(string topicPrefix) => $"{topicPrefix}.payments";
}
