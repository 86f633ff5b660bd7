using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Lists and counts all letters of a database. Each call throws <see cref="LogUnavailableException"/> when storage cannot be reached.
/// Thread-safe.
/// </summary>
public sealed class LetterQueries
{
    private const string What = "dead letters";
    private const string Newest = "order by since desc, kind desc, first desc, second desc, number desc";

    private readonly EventStoreConnections _connections;
    private readonly string _list, _count, _counts, _find;

    internal LetterQueries(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        // Each source gives a page at most, so that a page of all is found without sorting all.
        const string Filter = """
            ($4::smallint[] is null or kind = any($4)) and ($5::text is null or name = $5) and ($6::text is null or origin_topic = $6)
            and ($7::text is null or reason = $7) and ($8::text is null or key_text = $8) and ($9::timestamptz is null or since >= $9)
            and ($10::timestamptz is null or since < $10) and ($11::smallint is null or state = $11)
            """;
        var sources = LetterSources.Of(names);
        _list = $"""
            select {LetterSources.Columns} from ({Union(source => $"""
                (select * from ({source}) as one where {Filter}
                    and (since, kind, first, second, number) < ($12, $13, $14, $15, $16) {Newest} limit $17)
                """)}) as all_letters {Newest} limit $17
            """;
        _count = $"select count(*) from ({Union(source => $"(select 1 from ({source}) as one where {Filter})")}) as all_letters";
        var open = Union(source => $"(select kind from ({source}) as one where state = 0)");
        _counts = $"select kind, count(*) from ({open}) as all_letters group by kind";
        _find = $"""
            select {LetterSources.Columns} from ({Union(source => $"""
                (select * from ({source}) as one where kind = $4 and first = $5 and second = $6 and number = $7 and guard = $8)
                """)}) as all_letters
            """;

        string Union(Func<string, string> of) => string.Join(" union all ", sources.Select(of));
    }

    /// <summary>Letters, the newest first.</summary>
    /// <param name="kind">How transactions are told that have stopped.</param>
    /// <param name="query">Which.</param>
    /// <param name="after">The letter behind which to begin, with its time; null for the newest.</param>
    /// <param name="limit">Most letters.</param>
    public Task<IReadOnlyList<LetterRow>> ListAsync(WaitingKind kind, LetterQuery query, (DateTimeOffset Since, LetterName Name)? after,
        int limit) =>
        _connections.AskAsync<IReadOnlyList<LetterRow>>(What, _list, async command =>
        {
            AddKind(command, kind);
            AddFilter(command, query);
            // The end of time is infinity to PostgreSQL.
            command.Parameters.Add(new() { Value = (after?.Since ?? DateTimeOffset.MaxValue).UtcDateTime,
                NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = (short)(after?.Name.Kind ?? 0) });
            command.Parameters.Add(new() { Value = after?.Name.First ?? "" });
            command.Parameters.Add(new() { Value = after?.Name.Second ?? "" });
            command.Parameters.Add(new() { Value = after?.Name.Number ?? 0L });
            command.Parameters.Add(new() { Value = (long)limit });
            var rows = new List<LetterRow>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) rows.Add(Read(reader) with { Content = null });
            return rows;
        });

    /// <summary>How many there are.</summary>
    /// <param name="kind">How transactions are told that have stopped.</param>
    /// <param name="query">Which.</param>
    public Task<long> CountAsync(WaitingKind kind, LetterQuery query) => _connections.AskAsync(What, _count, async command =>
    {
        AddKind(command, kind);
        AddFilter(command, query);
        return (long)(await command.ExecuteScalarAsync())!;
    });

    /// <summary>How many are open, by kind.</summary>
    /// <param name="kind">How transactions are told that have stopped.</param>
    public Task<IReadOnlyDictionary<LetterKind, long>> CountOpenAsync(WaitingKind kind) =>
        _connections.AskAsync<IReadOnlyDictionary<LetterKind, long>>(What, _counts, async command =>
        {
            AddKind(command, kind);
            var counts = new Dictionary<LetterKind, long>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) counts[(LetterKind)reader.GetInt16(0)] = reader.GetInt64(1);
            return counts;
        });

    /// <summary>A letter, or null when there is none any more.</summary>
    /// <param name="kind">How transactions are told that have stopped.</param>
    /// <param name="name">Which.</param>
    public Task<LetterRow?> FindAsync(WaitingKind kind, LetterName name) => _connections.AskAsync(What, _find, async command =>
    {
        AddKind(command, kind);
        command.Parameters.Add(new() { Value = (short)name.Kind });
        command.Parameters.Add(new() { Value = name.First });
        command.Parameters.Add(new() { Value = name.Second });
        command.Parameters.Add(new() { Value = name.Number });
        command.Parameters.Add(new() { Value = name.Guard });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? Read(reader) : null;
    });

    internal static void AddFilter(NpgsqlCommand command, LetterQuery query)
    {
        var kinds = query.Kinds?.Select(kind => (short)kind).ToArray();
        command.Parameters.Add(new() { Value = (object?)kinds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        foreach (var text in (string?[])[query.Name, query.Topic, query.Reason, query.Key])
            command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        foreach (var time in (DateTimeOffset?[])[query.Since, query.Until])
            command.Parameters.Add(new() { Value = (object?)time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var state = (short?)query.State;
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint });
    }

    private static void AddKind(NpgsqlCommand command, WaitingKind kind)
    {
        command.Parameters.Add(new() { Value = kind.DueName });
        command.Parameters.Add(new() { Value = kind.StoppedBy });
        command.Parameters.Add(new() { Value = kind.StartedAgainBy.ToArray() });
    }

    private static LetterRow Read(NpgsqlDataReader reader) => new()
    {
        Since = reader.GetFieldValue<DateTimeOffset>(0),
        LetterName = new((LetterKind)reader.GetInt16(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5)),
        Name = reader.GetString(6),
        Key = reader.GetString(7),
        Reason = reader.GetString(8),
        Message = reader.GetString(9),
        State = (LetterState)reader.GetInt16(10),
        SettledAt = reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
        SettledBy = reader.IsDBNull(12) ? null : reader.GetString(12),
        SettledWhy = reader.IsDBNull(13) ? null : reader.GetString(13),
        OriginTopic = reader.IsDBNull(14) ? null : reader.GetString(14),
        OriginPartition = reader.IsDBNull(15) ? null : reader.GetInt32(15),
        OriginPosition = reader.IsDBNull(16) ? null : reader.GetInt64(16),
        Target = reader.IsDBNull(17) ? null : reader.GetString(17),
        BodyBytes = reader.IsDBNull(18) ? null : reader.GetInt32(18),
        Content = reader.IsDBNull(19) ? null : reader.GetString(19),
    };
}
