using System.Collections.Concurrent;
using System.Globalization;

namespace Phoenix.Local;

/// <summary>
/// Ports that this process has chosen and no other process of this user may choose: a locked file each, which the system unlocks when the
/// process is gone. Between the look whether a port is free and the start of a server on it lie seconds, and two silos can even listen on
/// the same port, since Orleans opens its sockets with <c>SO_REUSEPORT</c>: each would then get some of the other's messages.
/// </summary>
internal static class ReservedPorts
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"phoenix-ports-{Environment.UserName}");
    private static readonly ConcurrentDictionary<int, FileStream> Held = new();

    /// <summary>
    /// Takes a port, or says that another process has it. One that this process has stays with it; where the file may not be written,
    /// nothing is reserved.
    /// </summary>
    public static bool TryTake(int port)
    {
        if (Held.ContainsKey(port)) return true;
        try
        {
            Directory.CreateDirectory(Folder);
            // The file stays when the port is given back: a removed one could be locked twice, by its former and by its new reader.
            var file = new FileStream(FileOf(port), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (!Held.TryAdd(port, file)) file.Dispose();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The file whose lock is the reservation.</summary>
    internal static string FileOf(int port) => Path.Combine(Folder, port.ToString(CultureInfo.InvariantCulture));
}
