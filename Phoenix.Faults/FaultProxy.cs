using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Phoenix.Faults;

/// <summary>
/// A TCP proxy on a free loopback port that passes bytes on until a test breaks the network with it. Every fault lasts until
/// <see cref="Pass"/> mends it.
/// </summary>
public class FaultProxy : IAsyncDisposable
{
    private readonly string _targetHost;
    private readonly int _targetPort;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = [];
    private readonly AsyncGate _network = new();
    private readonly Lock _listening = new();
    private Socket? _listener;
    private TimeSpan _delay;

    public FaultProxy(string targetHost, int targetPort)
    {
        (_targetHost, _targetPort) = (targetHost, targetPort);
        Listen();
    }

    /// <summary>Host to connect to instead of the target.</summary>
    public string Host { get; } = "127.0.0.1";

    /// <summary>Port to connect to instead of the target's.</summary>
    public int Port { get; private set; }

    /// <summary>How many connections are open now.</summary>
    public int Connections => _connections.Count;

    /// <summary>
    /// Mends everything: accepts, forwards, without delay. What a black hole held back flows on, as after a healed partition.
    /// </summary>
    public void Pass()
    {
        _delay = TimeSpan.Zero;
        _network.Open();
        Listen();
    }

    /// <summary>New connections are refused, as when nobody listens. Open ones stay.</summary>
    public void RefuseNew()
    {
        lock (_listening)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Resets all open connections, once. New ones are accepted.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>Accepts connections and forwards nothing on any, in either direction: the other side is unreachable.</summary>
    public void BlackHole() => _network.Close();

    /// <summary>Holds back each piece of data for this long, in either direction.</summary>
    public void Delay(TimeSpan delay) => _delay = delay;

    /// <summary>Resets all connections and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        RefuseNew();
        await _end.CancelAsync();
        CutAll();
        await Task.WhenAll(_connections.Values);
        _end.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Carries one connection until either side ends it.</summary>
    internal virtual async Task CarryAsync(ProxiedConnection connection, CancellationToken cancellationToken) =>
        await await Task.WhenAny(
            CopyAsync(connection.Client, connection.Server, cancellationToken),
            CopyAsync(connection.Server, connection.Client, cancellationToken));

    /// <summary>Returns when data may be passed on: at once, after the delay, or when the black hole has ended.</summary>
    internal async Task PaceAsync(CancellationToken cancellationToken)
    {
        await _network.PassAsync(cancellationToken);
        if (_delay > TimeSpan.Zero)
            await Task.Delay(_delay, cancellationToken);
        await _network.PassAsync(cancellationToken);
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            await PaceAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private void Listen()
    {
        lock (_listening)
        {
            if (_listener is not null)
                return;
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            listener.Listen();
            Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            _listener = listener;
            _ = AcceptAsync(listener);
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = new ProxiedConnection(await listener.AcceptAsync(_end.Token));
                var opened = new TaskCompletionSource();
                var carried = RunAsync(connection, opened.Task);
                _connections[connection] = carried;
                opened.SetResult();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The listener was closed: new connections are to be refused from now on.
        }
    }

    private async Task RunAsync(ProxiedConnection connection, Task registered)
    {
        await registered;
        try
        {
            await _network.PassAsync(_end.Token);
            await connection.ConnectAsync(_targetHost, _targetPort, _end.Token);
            await CarryAsync(connection, _end.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side was reset or cannot be reached: the other one is told the same way.
            connection.Cut();
        }
        finally
        {
            connection.Dispose();
            _connections.TryRemove(connection, out _);
        }
    }
}
