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

    public string Find { get; } = $"""
        select state, position, run, epoch, incarnation, owner, leased_until > clock_timestamp(), trouble, updated_at from {names.Publications} where publication = $1
        """;

    public string Create { get; } = $"""
        insert into {names.Publications} (publication, state, position, run, epoch, incarnation, life, leased_until, updated_at)
        values ($1, {Running}, $2, 1, 0, extract(epoch from clock_timestamp())::bigint, {life}, '-infinity', clock_timestamp())
        on conflict (publication) do nothing
        """;

    /// <summary>The incarnation is a time only so that it is not reused when the same backup is restored twice.</summary>
    public string Take { get; } = $"""
        update {names.Publications} p set epoch = epoch + 1, owner = $2, leased_until = clock_timestamp() + $3, updated_at = clock_timestamp(),
            incarnation = case when p.life = this.life then incarnation else greatest(incarnation + 1, extract(epoch from clock_timestamp())::bigint) end, life = this.life
        from (select {life} as life) this
        where publication = $1 and state = {Running} and leased_until < clock_timestamp()
        returning epoch, position, run, incarnation
        """;

    public string Save => $"update {names.Publications} set position = $3, leased_until = clock_timestamp() + $4, trouble = $5, updated_at = clock_timestamp() where {Mine} and {Exists}";

    public string Release => $"update {names.Publications} set position = $3, leased_until = '-infinity', updated_at = clock_timestamp() where {Mine} and {Exists}";

    public string Stop => $"""
        update {names.Publications} set position = $3, state = {Stopped}, trouble = $4, leased_until = '-infinity', updated_at = clock_timestamp() where {Mine}
        """;

    public string Pause { get; } = $"""
        update {names.Publications} set epoch = epoch + 1, state = {Paused}, trouble = $2, leased_until = '-infinity', updated_at = clock_timestamp() where publication = $1
        """;

    public string Resume { get; } = $"""
        update {names.Publications} set epoch = epoch + 1, state = {Running}, trouble = null, leased_until = '-infinity', updated_at = clock_timestamp() where publication = $1
        """;

    public string Rewind { get; } = $"""
        with freed as (
            delete from {names.ParkedStreams} where publication = $1 and exists (select 1 from {names.Publications} where publication = $1 and position >= $2)
        )
        update {names.Publications} set epoch = epoch + 1, run = run + 1, position = $2, leased_until = '-infinity', updated_at = clock_timestamp()
        where publication = $1 and position >= $2
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
