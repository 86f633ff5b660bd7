using System.Net;
using System.Net.Sockets;

namespace Phoenix.Samples.ClusterClient;

/// <summary>Where the silos' gateways are: the arguments, or <c>PHOENIX_GATEWAYS</c>, as <c>host:port</c>.</summary>
internal static class GatewayAddresses
{
    public static IPEndPoint[] From(string[] arguments)
    {
        var listed = arguments.Length > 0 ? arguments : (Environment.GetEnvironmentVariable("PHOENIX_GATEWAYS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        return listed.Length > 0
            ? [.. listed.Select(Resolve)]
            : throw new ArgumentException("No silo is given. Pass the silos' gateway addresses, such as 127.0.0.1:30000, or set PHOENIX_GATEWAYS to them, separated by commas, or PHOENIX_POSTGRES to the connection string of their database.");
    }

    private static IPEndPoint Resolve(string address)
    {
        if (IPEndPoint.TryParse(address, out var endpoint) && endpoint.Port > 0) return endpoint;
        return address.Split(':') is [var host, var port] && ushort.TryParse(port, out var number) && number > 0
            ? new(Dns.GetHostAddresses(host, AddressFamily.InterNetwork).First(), number)
            : throw new ArgumentException($"'{address}' is no gateway address. Expected host:port, such as 127.0.0.1:30000.");
    }
}
