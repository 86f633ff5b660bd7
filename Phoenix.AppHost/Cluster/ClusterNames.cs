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

    /// <summary>How many silos run.</summary>
    public int Silos { get; init; } = 1;
}
