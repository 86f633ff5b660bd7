using Npgsql;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Reading;

/// <summary>Looks at a stream without building state.</summary>
internal sealed class StreamQueries(EventStoreConnections connections, TableNames names, EventStoreOptions options)
{
    private readonly string _version = $"select version from {names.Streams} where id = $1";
    private readonly string _ledger = $"select {LedgerRow.Columns} from {names.Ledger} where command_id = any($2) and stream = $1";
    private readonly string _events = $"""
        select version, type, data::text, timestamp, causation_id, correlation_id, headers::text, found from (
            select *, count(*) over () as found, sum(pg_column_size(data)) over (order by version) - pg_column_size(data) as before from (
                select * from {names.Events} where stream_id = $1 and version > $2 order by version limit $3
            ) as few
        ) as page
        where before < $4 order by version
        """;

    /// <summary>The version in storage now; 0 when the stream does not exist.</summary>
    public Task<long> VersionAsync(string streamId) => Guard(connections.Turns, streamId, async () =>
    {
        await using var command = connections.Reads.CreateCommand(_version);
        command.Parameters.Add(new() { Value = streamId });
        return await command.ExecuteScalarAsync() as long? ?? 0;
    });

    /// <summary>Those of the commands that the ledger knows.</summary>
    public Task<IReadOnlyList<CommandRecord>> KnownAsync(string streamId, Guid[] commandIds) => Guard<IReadOnlyList<CommandRecord>>(connections.Turns, streamId, async () =>
    {
        await using var command = connections.Reads.CreateCommand(_ledger);
        command.Parameters.Add(new() { Value = streamId });
        command.Parameters.Add(new() { Value = commandIds });
        var known = new List<CommandRecord>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) known.Add(LedgerRow.Read(reader, 0));
        return known;
    });

    /// <summary>Events after a version, in order: as many as asked for, or as a page may carry.</summary>
    public Task<StoredPage> EventsAsync(string streamId, long after, int limit) => Guard(connections.HistoryTurns, streamId, async () =>
    {
        await using var command = connections.Reads.CreateCommand(_events);
        command.Parameters.Add(new() { Value = streamId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (long)limit });
        // PostgreSQL counts what is stored, which may be compressed; what it lets through is counted again as it is.
        command.Parameters.Add(new() { Value = options.HistoryPageBytes });
        var (events, found, characters) = (new List<StoredEvent>(), 0L, 0L);
        await using var reader = await command.ExecuteReaderAsync();
        while (characters < options.HistoryPageBytes && await reader.ReadAsync())
        {
            var one = new StoredEvent(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
                Text(reader, 4), Text(reader, 5), Text(reader, 6));
            events.Add(one);
            found = reader.GetInt64(7);
            characters += one.Json.Length;
        }

        return new StoredPage(events, More: events.Count == limit || events.Count < found);
    });

    private static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);

    private static async Task<T> Guard<T>(ReadTurns turns, string streamId, Func<Task<T>> read)
    {
        try
        {
            return await turns.ReadAsync(read);
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new LogUnavailableException($"The stream '{streamId}' cannot be read: {StorageTrouble.Of(exception)} Try again.", exception);
        }
    }
}
