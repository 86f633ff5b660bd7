using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Where topics began to be read, kept in the database. Thread-safe; each call throws <see cref="LogUnavailableException"/> when storage
/// cannot be reached.
/// </summary>
public sealed class TopicStartTable
{
    private readonly EventStoreConnections _connections;
    private readonly string _keep;

    internal TopicStartTable(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        // Changes nothing where there is a row: it gives it back, also one that was committed a moment ago.
        _keep = $"""
            insert into {names.TopicStarts} as s (topic, reader, life, places) values ($1, $2, $3, $4)
            on conflict (topic, reader) do update set life = s.life returning life, places
            """;
    }

    /// <summary>Keeps where a topic begins, unless that is kept already, and returns what is kept.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="reader">Who reads it.</param>
    /// <param name="life">In which life of it.</param>
    /// <param name="places">The first offset of each partition.</param>
    public Task<(string Life, IReadOnlyList<long> Places)> KeepAsync(string topic, string reader, string life, IReadOnlyList<long> places) =>
        _connections.AskAsync("where topics begin", _keep, async command =>
        {
            command.Parameters.Add(new() { Value = topic });
            command.Parameters.Add(new() { Value = reader });
            command.Parameters.Add(new() { Value = life });
            command.Parameters.Add(new() { Value = places.ToArray() });
            await using var rows = await command.ExecuteReaderAsync();
            await rows.ReadAsync();
            return (rows.GetString(0), (IReadOnlyList<long>)rows.GetFieldValue<long[]>(1));
        });
}
