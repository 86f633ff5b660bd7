namespace Phoenix.Gateway.Hosting;

/// <summary>The Orleans cluster behind the gateway; configuration under <c>Phoenix:Cluster</c>.</summary>
public sealed class ClusterConnectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Cluster";

    /// <summary>
    /// The silos' gateway addresses as <c>host:port</c>. None: the silos are found in the database of <c>Phoenix:ConnectionString</c>, see <see cref="Discover"/>.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>
    /// Whether silos are looked for in the database of <c>Phoenix:ConnectionString</c>. Default true. False, or no database, and no gateway listed: the gateway
    /// takes commands and shows read models but answers nothing from aggregates.
    /// </summary>
    public bool Discover { get; set; } = true;

    /// <summary>The Orleans cluster id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ClusterId { get; set; } = "phoenix";

    /// <summary>The Orleans service id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ServiceId { get; set; } = "phoenix";

    /// <summary>
    /// How long a call to an aggregate may take before it counts as unavailable. Nobody tells a client that its call was in a silo that died: it learns it by
    /// this. Default 5 s, at least 1 s.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
