using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace Phoenix.Hosting;

/// <summary>Where a silo listens and what it calls itself. Bound from <c>Phoenix:Silo</c>.</summary>
public sealed class SiloEndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Silo";

    /// <summary>Port for other silos. Default 11111.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>Port for cluster clients. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// The address, or a host name for it, at which other silos and clients reach this one, such as a pod's; the silo then listens on every
    /// interface. Default 127.0.0.1, and listens there only.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>The silo's name in tables and logs, such as a pod's. Default: the machine's name and something random.</summary>
    public string Name { get; set; } = "";

    internal IEnumerable<string> Problems()
    {
        if (Port is < 1 or > 65535) yield return $"{Section}:Port is 1 to 65535; found {Port}.";
        if (GatewayPort is < 1 or > 65535) yield return $"{Section}:GatewayPort is 1 to 65535; found {GatewayPort}.";
        if (Port == GatewayPort) yield return $"{Section}:Port and GatewayPort differ; both are {Port}.";
        if (Address() is null)
            yield return $"{Section}:AdvertisedAddress is '{AdvertisedAddress}', which is no address and no name that can be looked up.";
    }

    internal void ApplyTo(EndpointOptions endpoints)
    {
        // One that is not found is a problem, and nothing starts.
        endpoints.AdvertisedIPAddress = Address() ?? IPAddress.None;
        (endpoints.SiloPort, endpoints.GatewayPort) = (Port, GatewayPort);
        if (AdvertisedAddress.Length == 0) return;
        endpoints.SiloListeningEndpoint = new(IPAddress.Any, Port);
        endpoints.GatewayListeningEndpoint = new(IPAddress.Any, GatewayPort);
    }

    private IPAddress? Address()
    {
        if (AdvertisedAddress.Length == 0) return IPAddress.Loopback;
        if (IPAddress.TryParse(AdvertisedAddress, out var address)) return address;
        try
        {
            var found = Dns.GetHostAddresses(AdvertisedAddress);
            return Array.Find(found, each => each.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
