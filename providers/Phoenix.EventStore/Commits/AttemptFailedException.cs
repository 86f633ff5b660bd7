using Npgsql;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>How an attempt to commit ended when it did not end well.</summary>
internal enum AttemptFailure
{
    /// <summary>No connection: nothing was sent.</summary>
    NothingSent,

    /// <summary>The connection was lost or timed out after sending: the transaction may have committed, or may still.</summary>
    EndUnknown,

    /// <summary>PostgreSQL rolled back for a reason that passes: a deadlock, a shutdown, no room.</summary>
    RolledBack,

    /// <summary>
    /// A unique key was met: someone else committed the same stream or command at the same time. Sent again, the batch sees what they
    /// wrote.
    /// </summary>
    Raced,

    /// <summary>
    /// PostgreSQL rolled back because a lock that somebody else holds was not given in time, or the statement took too long: part of the
    /// batch may fare better.
    /// </summary>
    Held,

    /// <summary>
    /// PostgreSQL rolled back because the events' sequence gave a number that an event has: it is behind its table, as after a restore.
    /// </summary>
    Misnumbered,

    /// <summary>PostgreSQL rolled back because tables, columns or rights are not what they should be; waiting does not mend that.</summary>
    Misfit,

    /// <summary>PostgreSQL rolled back because of the content; the same content will be refused again.</summary>
    Refused,
}

internal sealed class AttemptFailedException(AttemptFailure failure, Exception inner) : Exception(inner.Message, inner)
{
    public AttemptFailure Failure { get; } = failure;

    /// <summary>By SQLSTATE (PostgreSQL, appendix A), never by message text.</summary>
    public static AttemptFailure Classify(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => exception.ConstraintName == TableNames.EventKey ? AttemptFailure.Misnumbered : AttemptFailure.Raced,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => AttemptFailure.Held,
        // The server was told to stop while, perhaps, already committing.
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.StatementCompletionUnknown => AttemptFailure.EndUnknown,
        { } state when state[..2] is "21" or "22" or "23" or "54" => AttemptFailure.Refused,
        { } state when state[..2] is "42" => AttemptFailure.Misfit,
        _ => AttemptFailure.RolledBack,
    };
}
