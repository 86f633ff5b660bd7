using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// Names the sessions behind whose locks commits wait: those that hold any on the log's tables in a transaction that is older than such a
/// wait. One of a commit queue that is older than any of its attempts may be belongs to a silo that was frozen or lost in the middle of
/// sending; it is ended here, since PostgreSQL would wait for the rest for ever. That silo finds its connection broken and learns the end
/// as after any broken connection (guarantee 4).
/// </summary>
internal sealed partial class LockHolders(NpgsqlDataSource connections, TableNames names, EventStoreOptions options, TimeProvider time, ILogger<CommitQueue> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _sql = $"""
        select a.pid, coalesce(a.application_name, ''), coalesce(a.state, ''), extract(epoch from now() - a.xact_start)::float8,
            case when a.application_name = '{EventStoreConnections.CommitApplicationName}' and a.usename = current_user and a.xact_start < now() - $2
                then pg_terminate_backend(a.pid) else false end
        from pg_stat_activity a
        where a.pid <> pg_backend_pid() and a.datname = current_database() and a.xact_start < now() - $1 and exists (
            select 1 from pg_locks l where l.pid = a.pid and l.granted and l.mode <> 'AccessShareLock' and l.relation in
                ('{names.Streams}'::regclass, '{names.Events}'::regclass, '{names.Ledger}'::regclass, '{names.Due}'::regclass, '{names.Tags}'::regclass))
        order by a.xact_start limit 5
        """;

    private long _last;

    /// <summary>Writes them to the log, in the background and once in a while.</summary>
    public void Name()
    {
        var last = Volatile.Read(ref _last);
        if (last != 0 && time.GetElapsedTime(last) < Interval) return;
        if (Interlocked.CompareExchange(ref _last, time.GetTimestamp(), last) == last) _ = Task.Run(NameAsync);
    }

    private async Task NameAsync()
    {
        try
        {
            await using var command = connections.CreateCommand(_sql);
            command.Parameters.Add(new() { Value = options.ShortLockWait, NpgsqlDbType = NpgsqlDbType.Interval });
            command.Parameters.Add(new() { Value = 4 * options.AttemptTimeLimit, NpgsqlDbType = NpgsqlDbType.Interval });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (reader.GetBoolean(4)) LogEnded(reader.GetInt32(0), reader.GetDouble(3));
                else LogHolder(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetDouble(3));
            }
        }
        catch (Exception exception)
        {
            LogUnknown(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commits wait for locks. The PostgreSQL session {Pid} of '{Application}' ({State}) holds some in a transaction that is {Seconds:0.0} s old.")]
    private partial void LogHolder(int pid, string application, string state, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The PostgreSQL session {Pid} of a commit queue was ended: its transaction was {Seconds:0.0} s old, its silo is frozen or lost, and commits waited for its locks.")]
    private partial void LogEnded(int pid, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commits wait for locks; who holds them could not be learned.")]
    private partial void LogUnknown(Exception exception);
}
