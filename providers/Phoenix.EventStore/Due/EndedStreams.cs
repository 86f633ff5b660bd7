using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// The streams whose last event says that they have ended, by an index of their own. Thread-safe; each call throws
/// <see cref="LogUnavailableException"/> when storage cannot be reached.
/// </summary>
public sealed class EndedStreams
{
    /// <summary>
    /// The event that ends a stream. Its members <c>completed</c>, <c>code</c> and <c>message</c> tell how.
    /// </summary>
    public const string EndType = EventTable.EndType;

    private readonly EventStoreConnections _connections;
    private readonly string _list;

    internal EndedStreams(EventStoreConnections connections, TableNames names) => (_connections, _list) = (connections, Statement(names));

    /// <summary>Those that have ended, the last first.</summary>
    /// <param name="plural">What they are called in errors.</param>
    /// <param name="filter">Which.</param>
    public Task<IReadOnlyList<EndedStream>> ListAsync(string plural, EndedFilter filter) =>
        _connections.AskAsync<IReadOnlyList<EndedStream>>(plural, _list, async command =>
        {
            command.Parameters.Add(new() { Value = filter.Prefix ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = filter.OlderThan, NpgsqlDbType = NpgsqlDbType.Interval });
            command.Parameters.Add(new()
            {
                Value = filter.Completed switch { null => DBNull.Value, true => "true", false => "false" },
                NpgsqlDbType = NpgsqlDbType.Text,
            });
            // The end of time is infinity to PostgreSQL.
            command.Parameters.Add(new()
            {
                Value = (filter.Before?.Ended ?? DateTimeOffset.MaxValue).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz,
            });
            command.Parameters.Add(new() { Value = filter.Before?.Stream ?? "" });
            command.Parameters.Add(new() { Value = (long)filter.Limit });
            var streams = new List<EndedStream>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                streams.Add(new(
                    reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2),
                    reader.GetBoolean(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                    reader.IsDBNull(5) ? null : reader.GetString(5)));
            }

            return streams;
        });

    // The type stands in the text, or the index could not be taken for it. A page is found in the index alone, and then its events
    // are read.
    internal static string Statement(TableNames names) => $"""
        with page as materialized (
            select e.timestamp, e.stream_id from {names.Events} e where e.type = '{EndType}'
                and ($1::text is null or starts_with(e.stream_id, $1)) and e.timestamp < now() - $2
                and ($3::text is null or e.data ->> 'completed' = $3) and (e.timestamp, e.stream_id) < ($4, $5)
            order by e.timestamp desc, e.stream_id desc limit $6)
        select p.stream_id, s.created, p.timestamp, e.data ->> 'completed' = 'true', e.data ->> 'code', e.data ->> 'message'
        from page p join {names.Streams} s on s.id = p.stream_id join {names.Events} e on e.stream_id = p.stream_id and e.type = '{EndType}'
        order by p.timestamp desc, p.stream_id desc
        """;
}

/// <summary>Which of those that have ended.</summary>
/// <param name="Prefix">Those whose stream begins so; null for all.</param>
/// <param name="OlderThan">Those that ended longer ago than this.</param>
/// <param name="Completed">Only those that were completed, or only those that were not; null for both.</param>
/// <param name="Before">The one behind which to begin; null for the last that ended.</param>
/// <param name="Limit">Most rows.</param>
public sealed record EndedFilter(
    string? Prefix, TimeSpan OlderThan, bool? Completed, (DateTimeOffset Ended, string Stream)? Before, int Limit);

/// <summary>A stream that has ended.</summary>
/// <param name="Stream">Its id.</param>
/// <param name="Began">When it began, by the database's clock.</param>
/// <param name="Ended">When it ended, by the database's clock.</param>
/// <param name="Completed">Whether all was done.</param>
/// <param name="Code">Why not, or null.</param>
/// <param name="Message">The same for people, or null.</param>
public sealed record EndedStream(
    string Stream, DateTimeOffset Began, DateTimeOffset Ended, bool Completed, string? Code, string? Message);
