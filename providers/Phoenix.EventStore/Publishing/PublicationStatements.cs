using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Publishing;

/// <summary>
/// The statements on the rows of publications. Whoever publishes changes a row only where its epoch is his own and the database is still
/// the one he read from.
/// </summary>
internal sealed class PublicationStatements(TableNames names, string life)
{
    private const int Running = (int)PublicationState.Running;
    private const int Paused = (int)PublicationState.Paused;
    private const int Stopped = (int)PublicationState.Stopped;

    // What a log does not hold (any more) is not published: after a restore the numbers go to other events.
    private string Exists { get; } = $"$3 <= (select last_value from {names.EventSequence})";

    private string Mine { get; } = $"publication = $1 and epoch = $2 and state = {Running} and life = {life}";

    private const string OfPublication = "split_part(publication, '#', 1) = $1";

    /// <summary>The slices, in order.</summary>
    public string Slices { get; } = $"""
        select publication, state, position, run, epoch, incarnation, owner, leased_until > clock_timestamp(), trouble, updated_at,
            coalesce(slice, 1), coalesce(slices, 1), coalesce(rate, 0), last_error, last_error_at
        from {names.Publications} where {OfPublication} order by coalesce(slice, 1)
        """;

    /// <summary>Who creates or divides a publication does so alone.</summary>
    public static string Alone => "select pg_advisory_xact_lock(hashtextextended('publication ' || $1, 0))";

    public string Create { get; } = $"""
        insert into {names.Publications}
            (publication, state, position, run, epoch, incarnation, life, leased_until, updated_at, slice, slices)
        select row, {Running}, $2, 1, 0, extract(epoch from clock_timestamp())::bigint, {life}, '-infinity', clock_timestamp(), slice, $4
        from unnest($3) with ordinality as one (row, slice)
        where not exists (select 1 from {names.Publications} where {OfPublication})
        """;

    /// <summary>
    /// Where all slices of a publication that is divided anew begin: what they have in common, with the worst of their states. Their rows
    /// are locked by what comes before it.
    /// </summary>
    public string Divide { get; } = $"""
        insert into {names.Publications}
            (publication, state, position, run, epoch, incarnation, life, trouble, leased_until, updated_at, slice, slices)
        select row, state, position, run, epoch, incarnation, life, trouble, '-infinity', clock_timestamp(), slice, $3
        from unnest($2) with ordinality as one (row, slice)
        cross join (
            select max(state) as state, least(min(position), min(held.first)) as position, max(run) as run, max(epoch) + 1 as epoch,
                max(incarnation) as incarnation, max(life) as life, max(trouble) as trouble
            from {names.Publications}
            cross join (select min(sequence) - 1 as first from {names.ParkedStreams} where {OfPublication}) held
            where {OfPublication} having count(*) > 0
        ) former
        on conflict (publication) do update set state = excluded.state, position = excluded.position, run = excluded.run,
            epoch = excluded.epoch, incarnation = excluded.incarnation, life = excluded.life, trouble = excluded.trouble,
            leased_until = excluded.leased_until, updated_at = excluded.updated_at, slice = excluded.slice, slices = excluded.slices,
            rate = null
        """;

    public string Lock { get; } = $"select 1 from {names.Publications} where {OfPublication} order by publication for update";

    public string DropSlices { get; } = $"delete from {names.Publications} where {OfPublication} and slice > $2";

    public string FreeAll { get; } = $"delete from {names.ParkedStreams} where {OfPublication}";

    /// <summary>The incarnation is a time only so that it is not reused when the same backup is restored twice.</summary>
    public string Take { get; } = $"""
        update {names.Publications} p set epoch = epoch + 1, owner = $2, leased_until = clock_timestamp() + $3, updated_at = clock_timestamp(),
            incarnation = case when p.life = this.life then incarnation else greatest(incarnation + 1, extract(epoch from clock_timestamp())::bigint) end, life = this.life
        from (select {life} as life) this
        where publication = $1 and state = {Running} and leased_until < clock_timestamp()
        returning epoch, position, run, incarnation, coalesce(slice, 1), coalesce(slices, 1)
        """;

    public string Save => $"""
        update {names.Publications} set position = $3, leased_until = clock_timestamp() + $4, trouble = $5, updated_at = clock_timestamp(),
            rate = $6, last_error = coalesce($7, last_error), last_error_at = coalesce($8, last_error_at)
        where {Mine} and {Exists}
        """;

    public string Release => $"update {names.Publications} set position = $3, leased_until = '-infinity', updated_at = clock_timestamp() where {Mine} and {Exists}";

    public string Stop => $"""
        update {names.Publications} set position = $3, state = {Stopped}, trouble = $4, leased_until = '-infinity', updated_at = clock_timestamp() where {Mine}
        """;

    public string Pause { get; } = $"""
        update {names.Publications} set epoch = epoch + 1, state = {Paused}, trouble = $2, leased_until = '-infinity', updated_at = clock_timestamp()
        where {OfPublication}
        """;

    public string Resume { get; } = $"""
        update {names.Publications} set epoch = epoch + 1, state = {Running}, trouble = null, leased_until = '-infinity', updated_at = clock_timestamp()
        where {OfPublication}
        """;

    /// <summary>
    /// A slice that is not that far begins the new run where it is. What is held back before the place stays so: the new run does not come
    /// to it.
    /// </summary>
    public string Rewind { get; } = $"""
        with freed as (
            delete from {names.ParkedStreams} where {OfPublication} and sequence > $2
                and exists (select 1 from {names.Publications} where {OfPublication} and position >= $2)
        )
        update {names.Publications} set epoch = epoch + 1, run = (select max(run) + 1 from {names.Publications} where {OfPublication}),
            position = least(position, $2), leased_until = '-infinity', updated_at = clock_timestamp()
        where {OfPublication} and exists (select 1 from {names.Publications} where {OfPublication} and position >= $2)
        """;

    public string Parked { get; } = $"""
        select stream, sequence, version, type, reason, since from {names.ParkedStreams} where publication = $1 order by sequence
        """;

    /// <summary>Under the row's lock: a take-over waits for it, or has been before it.</summary>
    public string Park => $"""
        insert into {names.ParkedStreams} (publication, stream, sequence, version, type, reason, since)
        select publication, $3, $4, $5, $6, $7, clock_timestamp() from {names.Publications} where {Mine} for update
        on conflict (publication, stream) do update set sequence = excluded.sequence, version = excluded.version, type = excluded.type, reason = excluded.reason
        """;

    public string Unpark => $"""
        with mine as (select publication from {names.Publications} where {Mine} for update)
        delete from {names.ParkedStreams} where publication in (select publication from mine) and stream = $3
        """;

    public string Events { get; } = $"""
        select seq_id, id, stream_id, version, type, data, timestamp, causation_id, correlation_id, headers::text, user_name
        from {names.Events} where stream_id = $1 and seq_id > $2 and seq_id <= $3 order by version limit 500
        """;

    public string Count { get; } = $"""
        select count(*) from {names.Events} where seq_id > $1 and seq_id <= $2
            and (cardinality($3) = 0 or split_part(stream_id, '/', 1) = any($3)) and (cardinality($4) = 0 or type = any($4))
        """;

    public string Backlog { get; } = $"""
        select last_value - (not is_called)::int,
            coalesce((select extract(epoch from clock_timestamp() - timestamp) from {names.Events} where seq_id > $1 order by seq_id limit 1), 0)::float8
        from {names.EventSequence}
        """;

    public string Version { get; } = $"select seq_id from {names.Events} where stream_id = $1 and version = $2";

    public string FirstSince { get; } = $"select min(seq_id) from {names.Events} where timestamp >= $1";
}
