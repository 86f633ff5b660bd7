using System.Net.Sockets;
using Npgsql;

namespace Phoenix.EventStore.Storage;

internal static class StorageFailure
{
    /// <summary>True when reading failed because of storage or the way to it, not because of what was read.</summary>
    public static bool Is(Exception exception) => exception is NpgsqlException or TimeoutException or IOException or SocketException;
}
