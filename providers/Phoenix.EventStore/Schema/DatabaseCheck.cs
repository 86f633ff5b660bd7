using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>Looks whether a database can hold a log at all, before anything is written to it.</summary>
internal static class DatabaseCheck
{
    /// <exception cref="SchemaException">It cannot; the message says why and what to do.</exception>
    public static async Task AssertUsableAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await AssertUtf8Async(connection, cancellation);
        await PoolingProxy.AssertNoneSharesSessionsAsync(connection, cancellation);
    }

    /// <summary>
    /// In any other encoding an id or a name that it has no letters for is refused by each statement, for ever; in SQL_ASCII bytes of any
    /// kind come in and cannot be read.
    /// </summary>
    private static async Task AssertUtf8Async(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select current_setting('server_encoding')", connection);
        if (await command.ExecuteScalarAsync(cancellation) is not "UTF8" and var encoding)
            throw new SchemaException(
                $"The database is encoded in {encoding}; the log needs UTF8, or texts that {encoding} cannot hold would stop it. "
                + "Create the database with: create database NAME encoding 'UTF8' template template0.");
    }
}
