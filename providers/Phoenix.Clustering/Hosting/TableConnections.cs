using Npgsql;

namespace Phoenix.Clustering;

/// <summary>The few connections that a table needs, apart from the application's own.</summary>
internal static class TableConnections
{
    /// <summary>What pg_stat_activity shows.</summary>
    public const string ApplicationName = "phoenix-clustering";

    public static NpgsqlDataSource Open(PostgresTableOptions options)
    {
        var seconds = (int)Math.Ceiling(options.TimeLimit.TotalSeconds);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = ApplicationName,
            Enlist = false,
            Multiplexing = false,
            MinPoolSize = 0,
            MaxPoolSize = 4,
            Timeout = seconds,
            CommandTimeout = seconds,
            // A server that is gone without a word is given up soon after the time limit, not after two more seconds for a cancellation that cannot arrive.
            CancellationTimeout = 500,
        });
    }
}
