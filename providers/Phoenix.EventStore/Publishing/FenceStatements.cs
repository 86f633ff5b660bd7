using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Publishing;

/// <summary>The statements of the gap proof. Each is a statement of its own, in this order.</summary>
internal sealed class FenceStatements(TableNames names)
{
    /// <summary>1. The last number that was drawn; 0 when none was.</summary>
    public string End { get; } = $"select last_value - (not is_called)::int from {names.EventSequence}";

    /// <summary>
    /// 2. Who holds the lock that an append takes before it draws a number. Sessions that read, dump or only have a transaction open do
    /// not; whoever changes events by hand does.
    /// </summary>
    public string Holders { get; } = $"""
        select virtualtransaction, pid from pg_locks
        where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
            and relation = '{names.Events}'::regclass and mode = 'RowExclusiveLock' and granted
        """;

    /// <summary>3. What can be read once it is proven: events after $1 and up to $2, at most $3 of them.</summary>
    public string Page { get; } = $"""
        select seq_id, id, stream_id, version, type, data, timestamp, causation_id, correlation_id, headers::text, user_name
        from {names.Events} where seq_id > $1 and seq_id <= $2 order by seq_id limit $3
        """;

    /// <summary>Who a holder is ($1, its process) and how old its transaction is, in seconds.</summary>
    public string Session { get; } = """
        select coalesce(application_name, ''), coalesce(state, ''), coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 from pg_stat_activity where pid = $1
        """;
}
