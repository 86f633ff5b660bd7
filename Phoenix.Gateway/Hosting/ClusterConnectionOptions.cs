using System.Net;
using System.Net.Sockets;

namespace Phoenix.Gateway.Hosting;

/// <summary>The Orleans cluster behind the gateway; configuration under <c>Phoenix:Cluster</c>.</summary>
public sealed class ClusterConnectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Cluster";

    /// <summary>
    /// The silos' gateway addresses as <c>host:port</c>. None: the silos are found in the database of <c>Phoenix:ConnectionString</c>, see
    /// <see cref="Discover"/>.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>
    /// Whether silos are looked for in the database of <c>Phoenix:ConnectionString</c>. Default true. False, or no database, and no gateway
    /// listed: the gateway takes commands and shows read models but answers nothing from aggregates.
    /// </summary>
    public bool Discover { get; set; } = true;

    /// <summary>The Orleans cluster id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ClusterId { get; set; } = "phoenix";

    /// <summary>The Orleans service id, the same as the silos have. Default <c>phoenix</c>.</summary>
    public string ServiceId { get; set; } = "phoenix";

    /// <summary>
    /// How long a call to an aggregate may take before it counts as unavailable. Nobody tells a client that its call was in a silo that
    /// died: it learns it by this. Default 5 s, at least 1 s.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal IEnumerable<string> Problems()
    {
        if (CallTimeout < TimeSpan.FromSeconds(1))
            yield return $"{Section}:CallTimeout is {CallTimeout}. Set it to at least a second (default 5 s).";
        foreach (var gateway in Gateways.Where(gateway => Resolve(gateway) is null))
        {
            yield return $"{Section}:Gateways holds '{gateway}', which is not host:port, for example 'silo-0:30000', "
                + "or a name that cannot be looked up.";
        }
    }

    /// <summary>The address of a silo; null when there is none.</summary>
    internal static IPEndPoint? Resolve(string gateway)
    {
        if (IPEndPoint.TryParse(gateway, out var endpoint) && endpoint.Port > 0) return endpoint;
        var parts = gateway.Split(':');
        if (parts.Length != 2 || !ushort.TryParse(parts[1], out var port) || port == 0) return null;
        try
        {
            var addresses = Dns.GetHostAddresses(parts[0]);
            return new(Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], port);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
