using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// The streams that have a due row of a certain name: each has one from its first commit to its last, so they are those that have not
/// ended. Thread-safe; each call throws <see cref="LogUnavailableException"/> when storage cannot be reached.
/// </summary>
public sealed class WaitingStreams
{
    private readonly EventStoreConnections _connections;
    private readonly string _list, _count;

    internal WaitingStreams(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        var waiting = $"""
            from {names.Due} d join {names.Streams} s on s.id = d.owner cross join lateral (
                select max(e.version) filter (where e.type = $2) > coalesce(max(e.version) filter (where e.type <> $2), 0) as stopped
                from {names.Events} e where e.stream_id = d.owner and (e.type = $2 or e.type = any($3))) as last
            where d.name = $1
            """;
        _list = $"""
            select d.owner, s.created, coalesce(last.stopped, false) {waiting}
                and ($4::text is null or starts_with(d.owner, $4)) and s.created < now() - $5 and (not $6 or last.stopped)
                and (s.created, d.owner) > ($7, $8)
            order by s.created, d.owner limit $9
            """;
        _count = $"select count(*) {waiting} and last.stopped";
    }

    /// <summary>Those that wait, the oldest first.</summary>
    public Task<IReadOnlyList<WaitingStream>> ListAsync(WaitingKind kind, WaitingFilter filter) => _connections.AskAsync<IReadOnlyList<WaitingStream>>(
        kind.Plural, _list, async command =>
        {
            AddKind(command, kind);
            command.Parameters.Add(new() { Value = filter.Prefix ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = filter.OlderThan, NpgsqlDbType = NpgsqlDbType.Interval });
            command.Parameters.Add(new() { Value = filter.OnlyStopped });
            command.Parameters.Add(new() { Value = filter.After.Since.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = filter.After.Stream });
            command.Parameters.Add(new() { Value = (long)filter.Limit });
            var streams = new List<WaitingStream>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) streams.Add(new(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetBoolean(2)));
            return streams;
        });

    /// <summary>How many of them have stopped.</summary>
    public Task<long> CountStoppedAsync(WaitingKind kind) => _connections.AskAsync(kind.Plural, _count, async command =>
    {
        AddKind(command, kind);
        return (long)(await command.ExecuteScalarAsync())!;
    });

    private static void AddKind(Npgsql.NpgsqlCommand command, WaitingKind kind)
    {
        command.Parameters.Add(new() { Value = kind.DueName });
        command.Parameters.Add(new() { Value = kind.StoppedBy });
        command.Parameters.Add(new() { Value = kind.StartedAgainBy.ToArray() });
    }
}

/// <summary>What to look for.</summary>
/// <param name="Plural">What they are called in errors.</param>
/// <param name="DueName">The name of the due row that each has.</param>
/// <param name="StoppedBy">The event that says that one cannot go on by itself.</param>
/// <param name="StartedAgainBy">The events after which it goes on.</param>
public sealed record WaitingKind(string Plural, string DueName, string StoppedBy, IReadOnlyList<string> StartedAgainBy);

/// <summary>Which of them.</summary>
/// <param name="Prefix">Those whose stream begins so; null for all.</param>
/// <param name="OlderThan">Those that began longer ago than this.</param>
/// <param name="OnlyStopped">Only those that have stopped.</param>
/// <param name="After">The one behind which to begin.</param>
/// <param name="Limit">Most rows.</param>
public sealed record WaitingFilter(string? Prefix, TimeSpan OlderThan, bool OnlyStopped, WaitingStream After, int Limit);

/// <summary>A stream that waits.</summary>
/// <param name="Stream">Its id.</param>
/// <param name="Since">When it began, by the database's clock.</param>
/// <param name="Stopped">Whether it cannot go on by itself.</param>
public sealed record WaitingStream(string Stream, DateTimeOffset Since, bool Stopped)
{
    /// <summary>Before all others.</summary>
    public static WaitingStream First { get; } = new("", DateTimeOffset.UnixEpoch, false);
}
