namespace Phoenix.AppHost.Cluster;

/// <summary>What keeps one cluster's data apart from another's on shared servers, and how large it is.</summary>
/// <param name="Schema">The database schema.</param>
/// <param name="TopicPrefix">The first part of topic names.</param>
internal sealed record ClusterNames(string Schema = "phoenix", string TopicPrefix = "phoenix")
{
    /// <summary>The assemblies whose aggregates the silos run.</summary>
    public IReadOnlyList<string> Domains { get; init; } = ["Phoenix.Samples.Shop"];

    /// <summary>The kinds of aggregates whose events are published.</summary>
    public IReadOnlyList<string> Forward { get; init; } = [];

    /// <summary>The topic that the shop's subscription reads; null when the shop does not run.</summary>
    public string? Payments { get; init; }

    /// <summary>These, running the shop with all that it publishes and reads.</summary>
    public ClusterNames WithShop() => this with
    {
        Domains = ["Phoenix.Samples.Shop", "Phoenix.Samples.Shop.Publications"],
        Forward = ["shop.account"],
        Payments = $"{TopicPrefix}.payments",
    };

    /// <summary>The first part of the names of the warehouse's topics; null when no warehouse runs beside the shop.</summary>
    public string? Warehouse { get; init; }

    /// <summary>The schema of the warehouse.</summary>
    public string WarehouseSchema => $"{Schema}_warehouse";

    /// <summary>These, with purchases of goods that a warehouse beside the shop has.</summary>
    public ClusterNames WithWarehouse() => this with
    {
        Domains = [.. Domains, "Phoenix.Samples.Shop.Purchases"], Warehouse = $"{TopicPrefix}-warehouse",
    };

    /// <summary>How many silos run.</summary>
    public int Silos { get; init; } = 1;
}
