using System.Net;
using System.Net.Sockets;

namespace Phoenix.Local;

/// <summary>Finds ports of the loopback interface that nobody listens on.</summary>
public static class FreePort
{
    // Below the ports that systems give to outgoing connections (from 32,768 on Linux, 49,152 elsewhere): one of those may be gone before
    // it is listened on.
    private const int First = 20_000;
    private const int Count = 10_000;
    private const int Starts = 5;

#pragma warning disable CA5394 // Programs that start at once look in different places; that needs no secrecy.
    private static int _last = Random.Shared.Next(Count);
#pragma warning restore CA5394

    /// <summary>
    /// A port that is free now, and reserved for this process until its end: the preferred one if it is, otherwise one that this process
    /// was not given lately.
    /// </summary>
    /// <param name="preferred">The port to take when it is free.</param>
    /// <exception cref="SocketException">None is.</exception>
    public static int Find(int? preferred = null)
    {
        if (preferred is { } wanted && IsFree(wanted) && ReservedPorts.TryTake(wanted)) return wanted;
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port) && ReservedPorts.TryTake(port)) return port;
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>
    /// Starts a program again, on other ports, when a program that reserves none took a port between our look and its start.
    /// </summary>
    internal static async Task<T> UntilStartedAsync<T>(Func<Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (ServerDidNotStartException error) when (attempt < Starts && error.Mentions("Address already in use"))
            {
                // The next look finds other ports.
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
