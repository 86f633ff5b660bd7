namespace Phoenix.AppHost.Cluster;

/// <summary>What the silos of one cluster are told.</summary>
/// <param name="ConnectionString">PostgreSQL.</param>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="Names">The cluster's own names.</param>
internal sealed record SiloSettings(string ConnectionString, string Kafka, ClusterNames Names)
{
    /// <summary>Further settings, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether silos take the ports that people know where those are free. Several clusters that start at once on one machine would fight
    /// for them.
    /// </summary>
    public bool UsualPorts { get; init; } = true;

    /// <summary>What silos and gateway have in common, as environment variables.</summary>
    public Dictionary<string, string> Shared() => new()
    {
        ["Phoenix__ConnectionString"] = ConnectionString,
        ["Phoenix__Schema"] = Names.Schema,
        ["Phoenix__Kafka"] = Kafka,
        ["Phoenix__TopicPrefix"] = Names.TopicPrefix,
    };

    /// <summary>The environment of a silo on these ports.</summary>
    public Dictionary<string, string> OfSilo(string name, int port, int gatewayPort)
    {
        var settings = Shared();
        for (var index = 0; index < Names.Domains.Count; index++) settings[$"Phoenix__Domains__{index}"] = Names.Domains[index];
        for (var index = 0; index < Names.Forward.Count; index++)
            settings[$"Phoenix__Publications__Forward__{index}"] = Names.Forward[index];
        if (Names.Payments is { } payments) settings["Phoenix__Subscriptions__shop_payments__Topic"] = payments;
        if (Names.Warehouse is { } warehouse) settings["Phoenix__Services__warehouse__TopicPrefix"] = warehouse;
        settings["Phoenix__Silo__Name"] = name;
        settings["Phoenix__Silo__Port"] = $"{port}";
        settings["Phoenix__Silo__GatewayPort"] = $"{gatewayPort}";
        foreach (var (key, value) in Further) settings[key] = value;
        return settings;
    }
}
