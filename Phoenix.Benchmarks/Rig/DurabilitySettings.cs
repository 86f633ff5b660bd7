using Npgsql;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// What PostgreSQL promises when it says committed. Read by a session like those that are measured, printed with every result, never
/// weakened.
/// </summary>
internal sealed record DurabilitySettings(string Version, IReadOnlyDictionary<string, string> Settings)
{
    private static readonly string[] Shown =
        ["fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_sync_method", "commit_delay", "shared_buffers", "max_wal_size", "checkpoint_timeout", "autovacuum"];

    /// <exception cref="PartFailedException">A commit would not be on disk when it is acknowledged.</exception>
    public static async Task<DurabilitySettings> ReadAsync(string connectionString, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select name, current_setting(name) from unnest($1) as t(name) union all select 'server_version', current_setting('server_version')");
        command.Parameters.Add(new() { Value = Shown });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var settings = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellation)) settings[reader.GetString(0)] = reader.GetString(1);
        settings.Remove("server_version", out var version);
        foreach (var needed in new[] { "fsync", "full_page_writes", "synchronous_commit" })
        {
            if (settings[needed] is "off" or "local") throw new PartFailedException($"PostgreSQL's {needed} is {settings[needed]}: figures of a database that may forget are not taken.");
        }

        return new(version!, settings);
    }

    public override string ToString() => $"PostgreSQL {Version}: {string.Join(", ", Settings.Select(setting => $"{setting.Key} {setting.Value}"))}";
}
