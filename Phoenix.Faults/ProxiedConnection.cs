using System.Net.Sockets;

namespace Phoenix.Faults;

/// <summary>A client's connection and the one the proxy opened to the server for it.</summary>
internal sealed class ProxiedConnection(Socket client) : IDisposable
{
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public NetworkStream Client { get; } = new(client);

    public NetworkStream Server { get => field ?? throw new InvalidOperationException("Not connected yet."); private set; }

    public async Task ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        await _server.ConnectAsync(host, port, cancellationToken);
        Server = new NetworkStream(_server);
    }

    public bool IsClientCut { get; private set; }

    /// <summary>Closes both sides in order: what was sent still arrives.</summary>
    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    public void Cut()
    {
        CutClient();
        CutServer();
    }

    public void CutClient()
    {
        IsClientCut = true;
        Reset(client);
    }

    public void CutServer() => Reset(_server);

    // With no time to linger, closing sends a reset: the peer learns at once and unread data are lost, as when a machine fails.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return;
        }

        socket.Dispose();
    }
}
