using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Finds a proxy that gives each transaction another session of the server (PgBouncer with <c>pool_mode=transaction</c> or
/// <c>statement</c>). Behind one, a session's settings reach the wrong transactions, prepared statements are not where they were prepared,
/// and advisory locks are held by nobody and let go by anybody. A proxy that pools by session must pass on what a session is told at its
/// start, or its locks and plans have no limits.
/// </summary>
internal static class PoolingProxy
{
    private const int Rounds = 4;
    private const int SecondsToWait = 10;

    /// <exception cref="SchemaException">There is one in between.</exception>
    public static async Task AssertNoneSharesSessionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // A server tells its own process at connecting. A proxy tells something else, because it is it that passes cancellations on.
        if (await ProcessAsync(connection, cancellation) == connection.ProcessID) return;
        if (await SharesSessionsAsync(connection, cancellation))
            throw new SchemaException(
                "Between this silo and PostgreSQL is a proxy that pools by transaction or statement (such as PgBouncer with pool_mode=transaction). The log needs sessions of "
                + "its own, for settings, prepared statements and advisory locks. Connect to PostgreSQL directly.");
        if (!await PassesOptionsAsync(connection, cancellation))
            throw new SchemaException(
                "Between this silo and PostgreSQL is a proxy that does not pass on the options of a session's start (PgBouncer refuses or ignores them). With them each session "
                + "gets the time limits of its locks, without which a silo that is frozen would hold them for ever. Connect to PostgreSQL directly.");
    }

    private static async Task<bool> PassesOptionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false };
        SessionLimits.Add(settings, idleInTransaction: TimeSpan.FromMilliseconds(60_123), lockWait: TimeSpan.FromSeconds(30));
        await using var probe = connection.CloneWith(settings.ConnectionString);
        try
        {
            await probe.OpenAsync(cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ProtocolViolation)
        {
            return false;
        }

        await using var command = new NpgsqlCommand("select setting from pg_settings where name = 'idle_in_transaction_session_timeout'", probe);
        return await command.ExecuteScalarAsync(cancellation) is "60123";
    }

    /// <summary>
    /// Two connections hold a transaction each, so that each needs a session; whether the proxy gives the session that was given back first
    /// or last, in one of the two orders of giving back the next transactions get each other's.
    /// </summary>
    private static async Task<bool> SharesSessionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var other = connection.CloneWith(connection.ConnectionString);
        try
        {
            await other.OpenAsync(cancellation);
            int? one = null, two = null;
            for (var round = 0; round < Rounds; round++)
            {
                var (first, second) = (await BeginAsync(connection, cancellation), await BeginAsync(other, cancellation));
                if ((one ?? first) != first || (two ?? second) != second) return true;
                (one, two) = (first, second);
                await ExecuteAsync(round % 2 == 0 ? connection : other, "commit", cancellation);
                await ExecuteAsync(round % 2 == 0 ? other : connection, "commit", cancellation);
            }

            return false;
        }
        catch (PostgresException)
        {
            // Pooling by statement refuses transactions.
            return true;
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            throw new SchemaException(
                $"A second connection got no session of PostgreSQL within {SecondsToWait} s: the proxy in between has too few of them (its pool_size). "
                + "A silo needs as many as its options say, about 20.", exception);
        }
    }

    private static async Task<int> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, "begin", cancellation);
        return await ProcessAsync(connection, cancellation);
    }

    private static async Task<int> ProcessAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection) { CommandTimeout = SecondsToWait };
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = SecondsToWait };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
