namespace Phoenix.Local.Programs;

/// <summary>
/// What keeps one cluster's data apart from another's on shared servers, how large it is, and what its programs are told.
/// </summary>
/// <param name="Schema">The database schema.</param>
/// <param name="TopicPrefix">The first part of topic names.</param>
public sealed record ClusterNames(string Schema = "phoenix", string TopicPrefix = "phoenix")
{
    /// <summary>The assemblies whose aggregates the silos run. Default: none.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Further settings of the silos, as environment variables. Default: none.</summary>
    public IReadOnlyDictionary<string, string> SiloSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Further settings of the gateway, as environment variables. Default: none.</summary>
    public IReadOnlyDictionary<string, string> GatewaySettings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Topics of somebody else, with their numbers of partitions: silos read them and never make them. They are made before the first silo
    /// starts. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, int> ForeignTopics { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Services beside it on the same servers, by name: each a cluster of one silo without a gateway, joined to this one by topics alone.
    /// Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, ClusterNames> Beside { get; init; } = new Dictionary<string, ClusterNames>();

    /// <summary>How many silos run. Default: 1.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>The assembly of the silo's program; a file name alone is looked for beside the running program.</summary>
    public string SiloProgram { get; init; } = "Phoenix.Silo.dll";

    /// <summary>The assembly of the gateway's program; a file name alone is looked for beside the running program.</summary>
    public string GatewayProgram { get; init; } = "Phoenix.Gateway.dll";
}
