using System.Net.Sockets;
using Npgsql;

namespace Phoenix.EventStore.Storage;

/// <summary>Words for a failure that anyone may read: what the server or the driver says may name hosts, users and databases.</summary>
internal static class StorageTrouble
{
    /// <summary>
    /// Whether a lock was that of a row, which concerns one stream, and not of a table: PostgreSQL says where it waited only for a row.
    /// </summary>
    public static bool IsOfOneRow(Exception? failure) => failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable, Where.Length: > 0 };

    public static string Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }:
                    return "Commits wait for a lock on a table that another PostgreSQL session holds; the log names it.";
                case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                    return "PostgreSQL has no space left on its disk.";
                case PostgresException refused:
                    return $"PostgreSQL refuses with SQLSTATE {refused.SqlState} (PostgreSQL's documentation, appendix A); the log has its words.";
                case SocketException broken:
                    return $"PostgreSQL cannot be reached: {broken.SocketErrorCode}.";
                case ReadOnlyStorageException:
                    return "PostgreSQL is read-only, a standby; commits need the writer.";
            }
        }

        return failure is TimeoutException or NpgsqlException { InnerException: TimeoutException }
            ? "PostgreSQL does not answer in time."
            : $"PostgreSQL cannot be used ({(failure.InnerException ?? failure).GetType().Name}); the log has the cause.";
    }
}

/// <summary>The database that was reached takes no commits.</summary>
internal sealed class ReadOnlyStorageException : Exception;
