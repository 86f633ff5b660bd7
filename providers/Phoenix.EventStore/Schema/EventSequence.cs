using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Compares the sequence of event numbers with what was stored by it. Behind the events every commit would be refused, number by number;
/// behind the projections' mark new events would never be projected, and nobody would notice. Either comes of a restore of some tables, or
/// of a sequence set by hand.
/// </summary>
internal static class EventSequence
{
    /// <exception cref="SchemaException">It is behind, or gives out numbers in advance.</exception>
    public static async Task AssertAheadAsync(NpgsqlConnection connection, TableNames names, CancellationToken cancellation)
    {
        // One statement: what its snapshot sees was numbered before the sequence is read, however much others write meanwhile.
        await using var command = new NpgsqlCommand($"""
            select coalesce((select max(seq_id) from {names.Events}), 0), coalesce((select max(last_seq_id) from {names.Progression}), 0),
                case when is_called then last_value else last_value - 1 end, (select seqcache from pg_sequence where seqrelid = $1::regclass)
            from {names.EventSequence}
            """, connection) { Parameters = { new() { Value = names.EventSequence } }, CommandTimeout = 60 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var (stored, projected, sequence, cache) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        var furthest = Math.Max(stored, projected);
        if (sequence < furthest)
            throw new SchemaException(
                $"The sequence {names.EventSequence} stands at {sequence}, behind what was numbered by it: events go up to {stored}, projections have read up to {projected}. "
                + "Was a part of the database restored, or the sequence set? New events would be refused, or never be projected. Stop all silos and, if no event is missing, "
                + $"run: select setval('{names.EventSequence}', {furthest}). If events are missing, restore the whole database to one point in time.");
        if (cache != 1)
            throw new SchemaException(
                $"The sequence {names.EventSequence} gives each session {cache} numbers in advance, so events would be numbered out of order and projections would pass some by. "
                + $"Run: alter sequence {names.EventSequence} cache 1.");
    }
}
