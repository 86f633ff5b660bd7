using System.Net;
using System.Net.Sockets;

namespace Phoenix.AppHost.Infrastructure;

internal static class FreePort
{
    /// <summary>A port of the loopback interface that is free now: the preferred one if it is, otherwise one the system picks.</summary>
    public static int Find(int? preferred = null) =>
        preferred is { } port && TryBind(port) is { } free ? free : TryBind(0) ?? throw new SocketException((int)SocketError.AddressAlreadyInUse);

    private static int? TryBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
