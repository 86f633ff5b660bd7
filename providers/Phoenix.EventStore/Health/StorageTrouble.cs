using System.Net.Sockets;
using Npgsql;

namespace Phoenix.EventStore.Health;

/// <summary>Words for a failure that anyone may read: what the server or the driver says may name hosts, users and databases.</summary>
internal static class StorageTrouble
{
    public static string Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
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
