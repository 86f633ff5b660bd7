namespace Phoenix.AppHost.Cluster;

/// <summary>What keeps one cluster's data apart from another's on shared servers, and how large it is.</summary>
/// <param name="Schema">The database schema.</param>
/// <param name="TopicPrefix">The first part of topic names.</param>
internal sealed record ClusterNames(string Schema = "phoenix", string TopicPrefix = "phoenix")
{
    /// <summary>The assemblies whose aggregates the silos run.</summary>
    public IReadOnlyList<string> Domains { get; init; } = ["Phoenix.Samples.Shop"];

    /// <summary>How many silos run.</summary>
    public int Silos { get; init; } = 1;
}
