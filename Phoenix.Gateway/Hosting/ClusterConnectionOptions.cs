namespace Phoenix.Gateway.Hosting;

/// <summary>The Orleans cluster behind the gateway; configuration under <c>Phoenix:Cluster</c>.</summary>
public sealed class ClusterConnectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Cluster";

    /// <summary>The silos' gateway addresses as <c>host:port</c>. None: the gateway takes commands but answers nothing from aggregates.</summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>The Orleans cluster id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ClusterId { get; set; } = "phoenix";

    /// <summary>The Orleans service id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ServiceId { get; set; } = "phoenix";
}
