using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Projecting;

/// <summary>Asks PostgreSQL how far projections are.</summary>
internal sealed class ProjectionProgress
{
    private readonly EventStoreConnections _connections;
    private readonly string _progress;

    public ProjectionProgress(EventStoreConnections connections, ILogStore store)
    {
        var names = new TableNames(store.Options);
        _connections = connections;
        // The age of the first event after a position is found by the key of the numbers.
        _progress = $"""
            select w.name, coalesce(p.last_seq_id, 0), l.last, coalesce(extract(epoch from clock_timestamp() - (
                select e.timestamp from {names.Events} e where e.seq_id > coalesce(p.last_seq_id, 0) order by e.seq_id limit 1)), 0)::float8
            from unnest($1) as w(name)
            left join {names.Progression} p on p.name = w.name
            cross join (select case when is_called then last_value else 0 end as last from {names.EventSequence}) l
            order by w.name
            """;
    }

    /// <summary>For each of these projections: its position, the log's end, and the age of the oldest event in between.</summary>
    public Task<IReadOnlyList<(string Name, long Position, long End, TimeSpan Late)>> OfAsync(string[] names) =>
        _connections.AskAsync<IReadOnlyList<(string, long, long, TimeSpan)>>("projections", _progress, async command =>
        {
            command.Parameters.Add(new() { Value = names });
            var rows = new List<(string, long, long, TimeSpan)>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                rows.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2),
                    TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(3)))));
            return rows;
        });
}
