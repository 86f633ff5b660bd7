using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore;

/// <summary>
/// All letters of a database as rows of one form. Those of records are kept for this; the others are what they are in their own tables, so
/// nothing has to be copied and nothing can be out of step.
/// </summary>
internal static class LetterSources
{
    public const string Columns =
        "since, kind, first, second, number, guard, name, key_text, reason, message, state, settled_at, settled_by, settled_why, "
        + "origin_topic, origin_partition, origin_position, target, body_bytes, content";

    /// <summary>
    /// Selects, each for one source. The parameters 1 to 3 are the name of the timer that each open transaction has, the event that says
    /// that one has stopped, and those after which it goes on.
    /// </summary>
    public static IReadOnlyList<string> Of(TableNames names) =>
    [
        $"""
        select dead_since as since, kind, topic as first, life || ':' || partition as second, position as number, '' as guard,
            name, key_text, reason, message, state, settled_at, settled_by, settled_why, origin_topic, origin_partition, origin_position,
            target, body_bytes, null::text as content
        from {names.Letters}
        """,
        $"""
        select dead_since as since, (kind + 2)::smallint as kind, owner as first, name as second, 0::bigint as number,
            generation::text as guard, split_part(owner, '/', 1) as name, substr(owner, strpos(owner, '/') + 1) as key_text,
            coalesce(last_error, '') as reason,
            format('%s failed %s times', command, attempts) as message, 0::smallint as state, {NothingSettled}, {NoOrigin}, target,
            octet_length(payload) as body_bytes, payload as content
        from {names.Due} where due = 'infinity' and dead_since is not null
        """,
        $"""
        select since, {(short)LetterKind.Publication}::smallint as kind, publication as first, stream as second, sequence as number,
            '' as guard, split_part(publication, '#', 1) as name, substr(stream, strpos(stream, '/') + 1) as key_text, 'parked' as reason,
            reason as message, 0::smallint as state,
            {NothingSettled}, {NoOrigin}, stream as target, null::integer as body_bytes,
            (select e.data::text from {names.Events} e where e.seq_id = p.sequence) as content
        from {names.ParkedStreams} p
        """,
        $"""
        select e.timestamp as since, {(short)LetterKind.Transaction}::smallint as kind, d.owner as first, '' as second,
            e.version::bigint as number, '' as guard, split_part(d.owner, '/', 1) as name,
            substr(d.owner, strpos(d.owner, '/') + 1) as key_text, coalesce(e.data ->> 'code', '') as reason,
            coalesce(e.data ->> 'message', '') as message, 0::smallint as state, {NothingSettled}, {NoOrigin}, null::text as target,
            null::integer as body_bytes, e.data::text as content
        from {names.Due} d cross join lateral (
            select * from {names.Events} e where e.stream_id = d.owner and (e.type = $2 or e.type = any($3))
            order by e.version desc limit 1) e
        where d.name = $1 and e.type = $2
        """,
    ];

    private const string NothingSettled = "null::timestamptz as settled_at, null::text as settled_by, null::text as settled_why";
    private const string NoOrigin = "null::text as origin_topic, null::integer as origin_partition, null::bigint as origin_position";
}
