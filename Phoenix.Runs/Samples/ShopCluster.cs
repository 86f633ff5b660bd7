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

    /// <summary>The topic that the shop's subscription reads.</summary>
    public static string Payments(string topicPrefix) => $"{topicPrefix}.payments";
}
