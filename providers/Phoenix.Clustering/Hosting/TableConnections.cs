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
        var given = new NpgsqlConnectionStringBuilder(options.ConnectionString).Options;
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Options = $"{Limits(options.TimeLimit)} {given}".Trim(),
            ApplicationName = ApplicationName,
            Enlist = false,
            Multiplexing = false,
            MinPoolSize = 0,
            MaxPoolSize = 4,
            Timeout = seconds,
            CommandTimeout = seconds,
            // A server that is gone without a word is given up soon after the time limit, not after two more seconds for a cancellation
            // that cannot arrive.
            CancellationTimeout = 500,
        });
    }

    /// <summary>
    /// PostgreSQL's own limits: ours end with this process, and a machine that vanished or a process that is frozen would keep its locks.
    /// What the connection string's
    /// <c>Options</c> say goes before them.
    /// </summary>
    private static string Limits(TimeSpan timeLimit)
    {
        var milliseconds = (long)timeLimit.TotalMilliseconds;
        return "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000 "
            + $"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c idle_in_transaction_session_timeout={milliseconds}";
    }
}
