using Npgsql;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>One statement on a connection of its own: after a restart a pooled one would be broken.</summary>
internal static class Sql
{
    public static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);

    public static async Task<long> CountAsync(string connectionString, string table) =>
        (long)(await ScalarAsync(connectionString, $"select count(*) from {table}"))!;

    /// <summary>How many sessions of the database wait for a lock at this moment.</summary>
    public static Task<long> LockWaitsAsync(string connectionString) =>
        CountAsync(connectionString, "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
}
