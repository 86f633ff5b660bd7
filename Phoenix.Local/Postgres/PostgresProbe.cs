using Npgsql;

namespace Phoenix.Local;

internal static class PostgresProbe
{
    public static async Task<string> VersionAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        return connection.PostgreSqlVersion.ToString();
    }

    /// <summary>Why the server does not answer yet, or <see langword="null"/>.</summary>
    public static async Task<string?> WhyNotReadyAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await VersionAsync(connectionString, cancellationToken);
            return null;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            return error.Message;
        }
    }

    /// <summary>Creates a database unless it is there.</summary>
    public static async Task EnsureDatabaseAsync(string maintenance, string database, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(maintenance, cancellationToken);
        await using var look = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await look.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        await using var create = new NpgsqlCommand($"create database {database}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
