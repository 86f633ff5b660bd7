using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Phoenix.Hosting;

/// <summary>
/// Refuses to start a silo on a port that another program listens on. Orleans itself does not: it opens its sockets with
/// <c>SO_REUSEPORT</c>, so two silos on one port both start, each gets some of the other's connections, and both look dead to their
/// clusters now and then.
/// </summary>
internal sealed class SiloPortsCheck(IOptions<EndpointOptions> endpoints) : ILifecycleParticipant<ISiloLifecycle>
{
    // Orleans opens its own sockets in the stage after this one.
    private const int BeforeListening = ServiceLifecycleStage.RuntimeInitialize - 2;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(SiloPortsCheck), BeforeListening, _ =>
    {
        var options = endpoints.Value;
        AssertFree(options.SiloListeningEndpoint ?? new(options.AdvertisedIPAddress, options.SiloPort), nameof(SiloEndpointOptions.Port));
        AssertFree(options.GatewayListeningEndpoint ?? new(options.AdvertisedIPAddress, options.GatewayPort), nameof(SiloEndpointOptions.GatewayPort));
        return Task.CompletedTask;
    });

    /// <exception cref="IOException">It cannot be listened on.</exception>
    internal static void AssertFree(IPEndPoint endpoint, string setting)
    {
        // A silo without a gateway has port 0 there.
        if (endpoint.Port == 0) return;
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
        }
        catch (SocketException error)
        {
            throw new IOException($"The silo cannot listen on {endpoint}: {error.Message}. Choose another port with {SiloEndpointOptions.Section}:{setting}, or stop the program that has this one.", error);
        }
    }
}
