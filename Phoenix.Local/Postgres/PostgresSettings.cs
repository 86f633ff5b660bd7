using System.Globalization;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>How a private cluster is configured: for a developer's machine in size, for production in safety.</summary>
internal static class PostgresSettings
{
    public static Command ServerCommand(PostgresBinaries binaries, PostgresFolder folder, int port, bool survivesPowerLoss)
    {
        (string Name, string Value)[] settings =
        [
            ("listen_addresses", "127.0.0.1"),
            ("port", port.ToString(CultureInfo.InvariantCulture)),
            ("unix_socket_directories", folder.Socket ?? ""),
            ("max_connections", "200"),
            ("shared_buffers", "256MB"),
            ("max_wal_size", "2GB"),
            ("fsync", survivesPowerLoss ? "on" : "off"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
        ];
        return new Command(binaries.Server, ["-D", folder.Data, .. settings.SelectMany(setting => new[] { "-c", $"{setting.Name}={setting.Value}" })])
        {
            Folder = folder.Root,
        };
    }
}
