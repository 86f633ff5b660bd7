using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Replays and discards of many letters: what is asked for and how far it is, so that whoever comes next goes on. One is under way at a
/// time. Each call throws <see cref="LogUnavailableException"/> when storage cannot be reached. Thread-safe.
/// </summary>
public sealed class LetterReplays
{
    /// <summary>The state of a replay that is under way.</summary>
    public const string Replaying = "replaying";

    /// <summary>The state of a discard that is under way.</summary>
    public const string Discarding = "discarding";

    private const string Discard = "discard";

    internal const string UnderWay = $"state in ('{Replaying}', '{Discarding}')";

    // What came after it began may have been born by it. The parameters 1 to 9 are those of AddAsked.
    internal const string Asked = """
        ($1::smallint[] is null or kind = any($1)) and ($2::text is null or name = $2) and ($3::text is null or origin_topic = $3)
        and ($4::text is null or reason = $4) and ($5::text is null or key_text = $5) and ($6::timestamptz is null or dead_since >= $6)
        and ($7::timestamptz is null or dead_since < $7) and ($8::smallint is null or state = $8) and stored_at <= $9
        """;

    /// <summary>The same for timers and sends.</summary>
    internal const string AskedDue = """
        due = 'infinity' and dead_since <= $9 and ($1::smallint[] is null or kind + 2 = any($1))
        and ($2::text is null or split_part(owner, '/', 1) = $2) and $3::text is null and ($4::text is null or last_error = $4)
        and ($5::text is null or substr(owner, strpos(owner, '/') + 1) = $5) and ($6::timestamptz is null or dead_since >= $6)
        and ($7::timestamptz is null or dead_since < $7) and ($8::smallint is null or $8 = 0)
        """;

    private const string What = "replays of dead letters";
    private const string Columns =
        "id, filter, state, found, replayed, skipped, cursor, trouble, principal, reason, begun_at, changed_at, verb";

    private readonly EventStoreConnections _connections;
    private readonly string _begin, _next, _list, _page, _due, _progress, _end, _trouble;

    internal LetterReplays(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        _begin = $"""
            with one as (
                insert into {names.LetterReplays} (id, filter, state, found, principal, reason, verb) select $1, $2, $7, $3, $4, $5, $8
                where not exists (select 1 from {names.LetterReplays} where {UnderWay}) returning 1
            ), noted as (
                insert into {names.LetterAudit} (principal, verb, subject, letters, reason) select $4, $8 || '-many', $6, $3, $5 from one
            )
            select count(*) from one
            """;
        _next = $"select {Columns} from {names.LetterReplays} where {UnderWay} order by begun_at, id limit 1";
        _list = $"select {Columns} from {names.LetterReplays} where $1::uuid is null or id = $1 order by begun_at desc, id limit $2";
        _page = $"""
            select {LetterColumns.All} from {names.Letters}
            where {Asked} and state = 0 and (topic, life, partition, position) > ($10, $11, $12, $13)
            order by topic, life, partition, position limit $14
            """;
        _due = $"""
            with gone as (
                update {names.Due} set due = now(), attempts = 0, dead_since = null where (owner, name) in (
                    select owner, name from {names.Due} where {AskedDue} order by owner, name limit $10)
                and dead_since is not null returning 1
            ), moved as (
                update {names.LetterReplays} set replayed = replayed + (select count(*) from gone), changed_at = now()
                where id = $11 and exists (select 1 from gone)
            )
            select count(*) from gone
            """;
        // Where the cursor is where the page began: of two that replay the same, one counts it, and the other finds out.
        _progress = $"""
            with mine as (
                update {names.LetterReplays} set cursor = $3, skipped = skipped + $4, replayed = replayed + $5,
                    trouble = coalesce($6, trouble), changed_at = now()
                where id = $1 and cursor = $2 returning state, principal, reason
            ), sent as (
                update {names.Letters} l set state = {(short)LetterState.Replayed}, settled_at = now(),
                    settled_by = mine.principal, settled_why = mine.reason
                from mine, unnest($7, $8, $9, $10) as w(topic, life, partition, position)
                where l.topic = w.topic and l.life = w.life and l.partition = w.partition and l.position = w.position and l.state = 0
            )
            select state from mine
            """;
        _end = $"""
            with one as (
                update {names.LetterReplays} set state = $2, changed_at = now() where id = $1 and {UnderWay} returning replayed
            ), noted as (
                insert into {names.LetterAudit} (principal, verb, subject, letters, reason) select $3, $2, $4, replayed, $5 from one
            )
            select count(*) from one
            """;
        _trouble = $"update {names.LetterReplays} set trouble = $2, changed_at = now() where id = $1 and trouble is distinct from $2";
    }

    /// <summary>Writes down that a replay or discard is wanted. False while one is under way.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="discards">Whether letters are to be discarded.</param>
    /// <param name="filter">Which letters.</param>
    /// <param name="found">How many there are.</param>
    /// <param name="principal">Who wants it.</param>
    /// <param name="reason">Why.</param>
    public Task<bool> BeginAsync(
        Guid id, bool discards, string filter, long found, string? principal, string reason) => ChangesAsync(_begin, command =>
    {
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = filter });
        command.Parameters.Add(new() { Value = found });
        command.Parameters.Add(Text(principal));
        command.Parameters.Add(new() { Value = reason });
        command.Parameters.Add(new() { Value = $"{id}: {filter}" });
        command.Parameters.Add(new() { Value = discards ? Discarding : Replaying });
        command.Parameters.Add(new() { Value = discards ? Discard : "replay" });
    });

    /// <summary>The replay or discard that is under way, or null.</summary>
    public async Task<LetterReplay?> UnderWayAsync() => await ReadAsync(_next, static _ => { }) is [var replay] ? replay : null;

    /// <summary>Replays and discards, the newest first; or one.</summary>
    public Task<IReadOnlyList<LetterReplay>> ListAsync(Guid? id, int limit) => ReadAsync(_list, command =>
    {
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (long)limit });
    });

    /// <summary>The next letters of a replay, in order within a partition.</summary>
    public Task<IReadOnlyList<Letter>> PageAsync(LetterReplay replay, LetterQuery query, LetterPlace after, int limit) =>
        _connections.AskAsync<IReadOnlyList<Letter>>(What, _page, async command =>
        {
            AddAsked(command, replay, query);
            LetterTable.AddPlace(command, after);
            command.Parameters.Add(new() { Value = (long)limit });
            var letters = new List<Letter>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) letters.Add(LetterColumns.Read(reader));
            return letters;
        });

    /// <summary>Makes dead timers and sends due, some at most, and returns how many those were.</summary>
    public Task<long> AgainAsync(LetterReplay replay, LetterQuery query, int limit) => _connections.AskAsync(What, _due, async command =>
    {
        AddAsked(command, replay, query);
        command.Parameters.Add(new() { Value = (long)limit });
        command.Parameters.Add(new() { Value = replay.Id });
        return (long)(await command.ExecuteScalarAsync())!;
    });

    /// <summary>Writes down that a page was sent.</summary>
    /// <param name="replay">The replay, as it was when the page began.</param>
    /// <param name="cursor">Where the next page begins.</param>
    /// <param name="sent">The letters that were sent.</param>
    /// <param name="skipped">How many were not.</param>
    /// <param name="trouble">Why, or null.</param>
    /// <returns>The state; null when another has done this page.</returns>
    public Task<string?> ProgressAsync(LetterReplay replay, string cursor, IReadOnlyList<LetterPlace> sent, long skipped,
        string? trouble) =>
        _connections.AskAsync(What, _progress, async command =>
        {
            command.Parameters.Add(new() { Value = replay.Id });
            command.Parameters.Add(new() { Value = replay.Cursor });
            command.Parameters.Add(new() { Value = cursor });
            command.Parameters.Add(new() { Value = skipped });
            command.Parameters.Add(new() { Value = (long)sent.Count });
            command.Parameters.Add(Text(trouble));
            command.Parameters.Add(new() { Value = sent.Select(place => place.Topic).ToArray() });
            command.Parameters.Add(new() { Value = sent.Select(place => place.Life).ToArray() });
            command.Parameters.Add(new() { Value = sent.Select(place => place.Partition).ToArray() });
            command.Parameters.Add(new() { Value = sent.Select(place => place.Position).ToArray() });
            return await command.ExecuteScalarAsync() as string;
        });

    /// <summary>Ends a replay or discard. False when it has ended.</summary>
    /// <param name="id">Which.</param>
    /// <param name="state">What it is then, which is also the verb in the audit.</param>
    /// <param name="principal">Who ends it.</param>
    /// <param name="reason">Why.</param>
    public Task<bool> EndAsync(Guid id, string state, string? principal, string? reason) => ChangesAsync(_end, command =>
    {
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = state });
        command.Parameters.Add(Text(principal));
        command.Parameters.Add(new() { Value = id.ToString() });
        command.Parameters.Add(Text(reason));
    });

    /// <summary>Writes down what it waits for.</summary>
    public Task TroubleAsync(Guid id, string trouble) => _connections.AskAsync(What, _trouble, command =>
    {
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = trouble });
        return command.ExecuteNonQueryAsync();
    });

    internal static void AddAsked(NpgsqlCommand command, LetterReplay replay, LetterQuery query)
    {
        LetterQueries.AddFilter(command, query);
        command.Parameters.Add(new() { Value = replay.BegunAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    private Task<bool> ChangesAsync(string sql, Action<NpgsqlCommand> add) => _connections.AskAsync(What, sql, async command =>
    {
        add(command);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    });

    private Task<IReadOnlyList<LetterReplay>> ReadAsync(string sql, Action<NpgsqlCommand> add) =>
        _connections.AskAsync<IReadOnlyList<LetterReplay>>(What, sql, async command =>
    {
        add(command);
        var replays = new List<LetterReplay>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            replays.Add(new()
            {
                Id = reader.GetGuid(0),
                Filter = reader.GetString(1),
                State = reader.GetString(2),
                Found = reader.GetInt64(3),
                Replayed = reader.GetInt64(4),
                Skipped = reader.GetInt64(5),
                Cursor = reader.GetString(6),
                Trouble = reader.IsDBNull(7) ? null : reader.GetString(7),
                Principal = reader.IsDBNull(8) ? null : reader.GetString(8),
                Reason = reader.GetString(9),
                BegunAt = reader.GetFieldValue<DateTimeOffset>(10),
                ChangedAt = reader.GetFieldValue<DateTimeOffset>(11),
                Discards = reader.GetString(12) == Discard,
            });
        return replays;
    });

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
