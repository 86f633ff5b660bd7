namespace Phoenix.Local.Programs;

/// <summary>What the silos of one cluster are told.</summary>
/// <param name="ConnectionString">PostgreSQL.</param>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="Names">The cluster's own names.</param>
public sealed record SiloSettings(string ConnectionString, string Kafka, ClusterNames Names)
{
    /// <summary>Further settings, as environment variables: before those of the names. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether silos take the ports that people know where those are free. Several clusters that start at once on one machine would fight
    /// for them. Default: yes.
    /// </summary>
    public bool UsualPorts { get; init; } = true;

    /// <summary>What the silo of a service beside this cluster is told.</summary>
    internal SiloSettings Beside(string service) => new(ConnectionString, Kafka, Names.Beside[service]) { UsualPorts = false };

    /// <summary>What silos and gateway have in common, as environment variables.</summary>
    internal Dictionary<string, string> Shared() => new()
    {
        ["Phoenix__ConnectionString"] = ConnectionString,
        ["Phoenix__Schema"] = Names.Schema,
        ["Phoenix__Kafka"] = Kafka,
        ["Phoenix__TopicPrefix"] = Names.TopicPrefix,
    };

    /// <summary>The environment of a silo on these ports.</summary>
    internal Dictionary<string, string> OfSilo(string name, int port, int gatewayPort)
    {
        var settings = Shared();
        for (var index = 0; index < Names.Domains.Count; index++) settings[$"Phoenix__Domains__{index}"] = Names.Domains[index];
        settings["Phoenix__Silo__Name"] = name;
        settings["Phoenix__Silo__Port"] = $"{port}";
        settings["Phoenix__Silo__GatewayPort"] = $"{gatewayPort}";
        foreach (var (key, value) in Names.SiloSettings.Concat(Further)) settings[key] = value;
        return settings;
    }
}
