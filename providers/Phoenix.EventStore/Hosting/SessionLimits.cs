using Npgsql;

namespace Phoenix.EventStore;

/// <summary>
/// What PostgreSQL is told about a session when it begins: how soon a client that is gone is given up, and how long it may hold things. A
/// client's own time limits end with it; without these a machine that vanished keeps its locks for hours, and a process that is frozen
/// keeps them for ever.
/// </summary>
public static class SessionLimits
{
    // A machine that vanished is noticed after 25 s, by probes or by answers that nobody acknowledges.
    private const string Client = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000";

    /// <summary>
    /// Adds the limits to a connection string; what its <c>Options</c> say already goes before them. They are part of a connection's start,
    /// so a session that is reset for its next user keeps them.
    /// </summary>
    /// <param name="connection">The connection string to change.</param>
    /// <param name="idleInTransaction">How long a transaction may be open with nothing to do, in which a process that is frozen would hold
    /// its locks.</param>
    /// <param name="lockWait">How long a statement waits for a lock.</param>
    /// <param name="statement">How long a statement may take; null for as long as it likes.</param>
    public static void Add(NpgsqlConnectionStringBuilder connection, TimeSpan idleInTransaction, TimeSpan lockWait, TimeSpan? statement = null)
    {
        var limits = $"{Client} -c idle_in_transaction_session_timeout={Milliseconds(idleInTransaction)} -c lock_timeout={Milliseconds(lockWait)}";
        if (statement is { } limit) limits += $" -c statement_timeout={Milliseconds(limit)}";
        connection.Options = $"{limits} {connection.Options}".Trim();
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Max(1, time.TotalMilliseconds);
}
