using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Held by whoever looks at the schema in order to change it: one at a time in a database. It ends with its session at the latest.
/// </summary>
internal sealed class SchemaLock(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>"PHOENIX".</summary>
    public const long Key = 0x50484F454E4958;

    /// <summary>How long a change waits for a table that others use. Everybody who comes later to that table waits behind it.</summary>
    private static readonly TimeSpan PatienceAtTables = TimeSpan.FromSeconds(5);

    /// <exception cref="SchemaException">Another session held the lock for too long.</exception>
    public static async Task<SchemaLock> TakeAsync(NpgsqlConnection connection, TimeSpan patience, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, $"set lock_timeout = {patience.TotalMilliseconds:0}", cancellation);
        try
        {
            await ExecuteAsync(connection, $"select pg_advisory_lock({Key})", cancellation);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new SchemaException(
                $"Another session has held the schema's lock (advisory lock {Key}) for more than {patience.TotalSeconds:0} s. "
                + "pg_locks shows its process; end it if it is stuck, and start this silo again.", exception);
        }

        await ExecuteAsync(connection, $"set lock_timeout = {PatienceAtTables.TotalMilliseconds:0}", cancellation);
        return new SchemaLock(connection);
    }

    public async ValueTask DisposeAsync()
    {
        // A session that is gone holds nothing any more.
        if (connection.FullState == System.Data.ConnectionState.Open)
            await ExecuteAsync(connection, $"select pg_advisory_unlock({Key}); reset lock_timeout", CancellationToken.None);
    }

    // The server ends the wait, by the time limit for locks.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
