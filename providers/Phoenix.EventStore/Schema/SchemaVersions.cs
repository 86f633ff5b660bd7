using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>The versions that were applied to a database, one row each.</summary>
internal static class SchemaVersions
{
    public static async Task<SchemaVersion> ReadAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        await using (var asking = new NpgsqlCommand("select to_regclass($1) is not null", connection) { Parameters = { new() { Value = table } } })
            if (await asking.ExecuteScalarAsync(cancellation) is not true) return SchemaVersion.None;
        await using var command = new NpgsqlCommand($"select version, oldest_compatible from {table} order by version desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetInt32(0), reader.GetInt32(1)) : SchemaVersion.None;
    }

    public static async Task WriteAsync(NpgsqlConnection connection, string table, SchemaVersion version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {table} (version, oldest_compatible, build) values ($1, $2, $3) on conflict (version) do nothing", connection)
        {
            Parameters = { new() { Value = version.Number }, new() { Value = version.OldestCompatible }, new() { Value = Build } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string Build => typeof(SchemaVersions).Assembly.GetName().Version?.ToString() ?? "unknown";
}
