using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// The streams behind a tag. Thread-safe; a call throws <see cref="LogUnavailableException"/> when storage cannot be reached.
/// </summary>
public sealed class TaggedStreams
{
    private readonly EventStoreConnections _connections;
    private readonly string _page, _behind;

    internal TaggedStreams(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        _page = $"""
            select id from {names.Tags} where subscription = $1 and tag = $2 and aggregate = $3 and id > $4 order by id limit $5
            """;
        _behind = $"""
            select t.tag, t.aggregate, t.id from {names.Tags} t join unnest($2, $3, $4) as w(tag, aggregate, id)
                on t.subscription = $1 and t.tag = w.tag and t.aggregate = w.aggregate and t.id = w.id
            """;
    }

    /// <summary>Which of these stand behind their tag now.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="asked">Tags and who may stand behind them.</param>
    public Task<IReadOnlySet<TaggedStream>> BehindAsync(string subscription, IReadOnlyCollection<TaggedStream> asked) =>
        _connections.AskAsync<IReadOnlySet<TaggedStream>>("the aggregates behind a tag", _behind, async command =>
        {
            ArgumentNullException.ThrowIfNull(asked);
            command.Parameters.Add(new() { Value = subscription });
            command.Parameters.Add(new() { Value = asked.Select(one => one.Tag).ToArray() });
            command.Parameters.Add(new() { Value = asked.Select(one => one.Aggregate).ToArray() });
            command.Parameters.Add(new() { Value = asked.Select(one => one.Id).ToArray() });
            var behind = new HashSet<TaggedStream>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) behind.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            return behind;
        });

    /// <summary>
    /// The ids of a page, by the table's key. Whoever stood behind the tag before the first page was read, and stays, is on one of them;
    /// who comes or goes meanwhile may be.
    /// </summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="aggregate">The kind of aggregate: the part of the stream's name before its slash.</param>
    /// <param name="after">The last id of the page before; empty for the first.</param>
    /// <param name="limit">Most ids. A page with fewer is the last.</param>
    public Task<IReadOnlyList<string>> PageAsync(string subscription, string tag, string aggregate, string after, int limit) =>
        _connections.AskAsync<IReadOnlyList<string>>("the aggregates behind a tag", _page, async command =>
        {
            command.Parameters.Add(new() { Value = subscription });
            command.Parameters.Add(new() { Value = tag });
            command.Parameters.Add(new() { Value = aggregate });
            command.Parameters.Add(new() { Value = after });
            command.Parameters.Add(new() { Value = (long)limit });
            var ids = new List<string>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) ids.Add(reader.GetString(0));
            return ids;
        });
}

/// <summary>A stream and a tag that it may stand behind.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Aggregate">The kind of aggregate.</param>
/// <param name="Id">Its id.</param>
public sealed record TaggedStream(string Tag, string Aggregate, string Id);
