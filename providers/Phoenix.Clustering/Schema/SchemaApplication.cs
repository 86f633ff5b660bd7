using Npgsql;

namespace Phoenix.Clustering.Schema;

/// <summary>
/// Creates what is missing. Programs that start together wait for each other; where everything is there, nothing is done and no right is
/// needed.
/// </summary>
internal static class SchemaApplication
{
    private const long LockKey = 0x50484F4E434C5553; // "PHONCLUS"

    public static async Task ApplyAsync(NpgsqlDataSource source, SchemaName schema, TableDefinition[] tables, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        if (await AreThereAsync(connection, tables, cancellation)) return;
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellation);
        await using (var locking = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = LockKey } } })
            await locking.ExecuteNonQueryAsync(cancellation);
        if (!await IsThereAsync(connection, "select to_regnamespace($1) is not null", schema.Quoted, cancellation))
            await ExecuteAsync(connection, transaction, $"create schema if not exists {schema.Quoted}", cancellation);
        foreach (var table in tables) await ExecuteAsync(connection, transaction, table.Sql, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<bool> AreThereAsync(NpgsqlConnection connection, TableDefinition[] tables, CancellationToken cancellation)
    {
        foreach (var table in tables)
        {
            if (!await IsThereAsync(connection, "select to_regclass($1) is not null", table.Name, cancellation)) return false;
        }

        return true;
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
