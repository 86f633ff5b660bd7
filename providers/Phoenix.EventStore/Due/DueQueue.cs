using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// The rows that are due, for whoever delivers them. Thread-safe. Each call is one statement; each throws
/// <see cref="LogUnavailableException"/> when storage cannot be reached.
/// </summary>
public sealed class DueQueue
{
    private const string Columns =
        "owner, name, generation, occurrence, kind, scheduled, due, period, target, command, payload, correlation_id, attempts, last_error, dead_since, "
        + "told_command, told_payload";

    private const long PageBytes = 4 * 1024 * 1024;

    private readonly EventStoreConnections _connections;
    private readonly string _one, _list, _done, _sent, _later, _bury, _again, _cancel, _dead;

    internal DueQueue(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        PageSql = $"""
            select clock.now, page.* from (select now()) as clock(now) left join (
                select {Columns}, found from (
                    select *, count(*) over () as found, sum(size) over (order by due, owner, name) - size as before from (
                        select *, pg_column_size(payload) + coalesce(pg_column_size(told_payload), 0) as size
                        from {names.Due} where due <= now() and (due, owner, name) > ($1, $2, $3) order by due, owner, name limit $4
                    ) as few
                ) as sized where before < $5
            ) as page on true
            order by page.due, page.owner, page.name
            """;
        _one = $"select exists (select 1 from {names.Due} where owner = $1 and name = $2 and generation = $3 and occurrence = $4)";
        _list = $"""
            select {Columns} from {names.Due}
            where (due, owner, name) > ($1, $2, $3) and ($4::text is null or owner = $4) and ($5::text is null or name = $5) and (not $6 or dead_since is not null)
            order by due, owner, name limit $7
            """;
        // Whoever holds one of these rows is about to take it away himself: an append that replaces a timer, or another removal.
        _done = $"""
            delete from {names.Due} where ctid = any(array(
                select d.ctid from unnest($1, $2, $3, $4) as w(owner, name, generation, occurrence)
                    join {names.Due} d on d.owner = w.owner and d.name = w.name and d.generation = w.generation and d.occurrence = w.occurrence
                for update of d skip locked))
            """;
        // No append touches a send's row again, so no commit waits for this. Should two removals wait for each other, PostgreSQL ends one
        // of them; its rows are delivered once more, which does nothing.
        _sent = $"""
            delete from {names.Due} d using unnest($1, $2, $3, $4) as w(owner, name, generation, occurrence)
            where d.owner = w.owner and d.name = w.name and d.generation = w.generation and d.occurrence = w.occurrence and d.kind = {(int)DueKind.Send}
            """;
        _later = $"""
            update {names.Due} set due = now() + $5, attempts = attempts + $6, last_error = $7
            where owner = $1 and name = $2 and generation = $3 and occurrence = $4 and dead_since is null
            """;
        _bury = $"""
            update {names.Due} set due = 'infinity', dead_since = now(), attempts = attempts + 1, last_error = $5
            where owner = $1 and name = $2 and generation = $3 and occurrence = $4 and dead_since is null
            """;
        var noted = $"""
            noted as (
                insert into {names.LetterAudit} (principal, verb, subject, letters, reason, detail)
                select $3, $4, format('%s of %s', $2, $1), 1, $5, one.detail from one
            )
            select count(*) from one
            """;
        _again = $"""
            with one as (
                update {names.Due} set due = now(), attempts = 0, dead_since = null
                where owner = $1 and name = $2 and dead_since is not null returning null::text as detail
            ), {noted}
            """;
        _cancel = $"""
            with one as (
                delete from {names.Due} where owner = $1 and name = $2 returning format('%s to %s: %s', command, target, payload) as detail
            ), {noted}
            """;
        _dead = $"select count(*) from {names.Due} where due = 'infinity' and dead_since is not null";
    }

    internal string PageSql { get; }

    /// <summary>Rows that are due now, behind a place in their order: as many as asked for, or as 4 MiB hold.</summary>
    public Task<DuePage> PageAsync(DuePlace after, int limit) => AskAsync(PageSql, async command =>
    {
        AddPlace(command, after);
        command.Parameters.Add(new() { Value = (long)limit });
        command.Parameters.Add(new() { Value = PageBytes });
        var (now, items, found) = (DateTimeOffset.MinValue, new List<DueItem>(), 0L);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            now = reader.GetFieldValue<DateTimeOffset>(0);
            if (reader.IsDBNull(1)) break;
            items.Add(Read(reader, 1));
            found = reader.GetInt64(18);
        }

        return new DuePage(now, items, More: items.Count == limit || items.Count < found);
    });

    /// <summary>Rows, due or not, the longest overdue first, dead letters last.</summary>
    /// <param name="after">The place behind which to begin.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="owner">Of this stream only, if given.</param>
    /// <param name="name">Of this name only, if given.</param>
    /// <param name="dead">Dead letters only.</param>
    public Task<IReadOnlyList<DueItem>> ListAsync(DuePlace after, int limit, string? owner = null, string? name = null, bool dead = false) =>
        AskAsync<IReadOnlyList<DueItem>>(_list, async command =>
        {
            AddPlace(command, after);
            command.Parameters.Add(new() { Value = owner ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = name ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = dead });
            command.Parameters.Add(new() { Value = (long)limit });
            var items = new List<DueItem>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) items.Add(Read(reader, 0));
            return items;
        });

    /// <summary>Whether a row is there just so.</summary>
    public Task<bool> IsThereAsync(string owner, DueReference row) => AskAsync(_one, async command =>
    {
        AddRow(command, owner, row);
        return await command.ExecuteScalarAsync() is true;
    });

    /// <summary>Takes away rows that are done. One that is not taken away is delivered again, which does nothing.</summary>
    public Task DoneAsync(IReadOnlyList<DueItem> items) => AskAsync(items.All(item => item.Kind == DueKind.Send) ? _sent : _done, command =>
    {
        command.Parameters.Add(new() { Value = items.Select(item => item.Owner).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(item => item.Reference.Name).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(item => item.Reference.Generation).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(item => item.Reference.Occurrence).ToArray() });
        return command.ExecuteNonQueryAsync();
    });

    /// <summary>Puts a row off.</summary>
    /// <param name="owner">Its owner.</param>
    /// <param name="row">The row; nothing happens when it is another by now.</param>
    /// <param name="pause">For how long from now.</param>
    /// <param name="failed">Whether it was an answer: only these are counted.</param>
    /// <param name="error">The code of what was in the way.</param>
    public Task LaterAsync(string owner, DueReference row, TimeSpan pause, bool failed, string error) => AskAsync(_later, command =>
    {
        AddRow(command, owner, row);
        command.Parameters.Add(new() { Value = pause, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = failed ? 1 : 0 });
        command.Parameters.Add(new() { Value = error });
        return command.ExecuteNonQueryAsync();
    });

    /// <summary>Makes a row a dead letter: it stays, and is delivered again only when somebody asks for it.</summary>
    public Task BuryAsync(string owner, DueReference row, string error) => AskAsync(_bury, command =>
    {
        AddRow(command, owner, row);
        command.Parameters.Add(new() { Value = error });
        return command.ExecuteNonQueryAsync();
    });

    /// <summary>Makes a dead letter due now, with all its attempts before it. False when there is none.</summary>
    /// <param name="owner">Its owner.</param>
    /// <param name="name">Its name.</param>
    /// <param name="principal">Who wants it, for the audit.</param>
    /// <param name="reason">Why.</param>
    public Task<bool> AgainAsync(string owner, string name, string? principal = null, string? reason = null) =>
        ChangeAsync(_again, "again", owner, name, principal, reason);

    /// <summary>Takes a row away, whatever it is. False when there is none: a delivery that is being committed has been faster.</summary>
    /// <inheritdoc cref="AgainAsync"/>
    public Task<bool> CancelAsync(string owner, string name, string? principal = null, string? reason = null) =>
        ChangeAsync(_cancel, "cancel", owner, name, principal, reason);

    /// <summary>How many dead letters there are.</summary>
    public Task<long> CountDeadAsync() => AskAsync(_dead, async command => (long)(await command.ExecuteScalarAsync())!);

    private Task<bool> ChangeAsync(string sql, string verb, string owner, string name, string? principal, string? reason) =>
        AskAsync(sql, async command =>
        {
            foreach (var text in (string?[])[owner, name, principal, verb, reason])
                command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            return (long)(await command.ExecuteScalarAsync())! > 0;
        });

    private static void AddPlace(NpgsqlCommand command, DuePlace place)
    {
        command.Parameters.Add(new() { Value = place.Due.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = place.Owner });
        command.Parameters.Add(new() { Value = place.Name });
    }

    private static void AddRow(NpgsqlCommand command, string owner, DueReference row)
    {
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = row.Name });
        command.Parameters.Add(new() { Value = row.Generation });
        command.Parameters.Add(new() { Value = row.Occurrence });
    }

    private static DueItem Read(NpgsqlDataReader reader, int at) => new()
    {
        Owner = reader.GetString(at),
        Reference = new(reader.GetString(at + 1), reader.GetGuid(at + 2), reader.GetInt64(at + 3)),
        Kind = (DueKind)reader.GetInt16(at + 4),
        Scheduled = Time(reader, at + 5),
        Due = Time(reader, at + 6),
        Period = reader.IsDBNull(at + 7) ? null : reader.GetTimeSpan(at + 7),
        Target = reader.GetString(at + 8),
        Command = reader.GetString(at + 9),
        Payload = reader.GetString(at + 10),
        CorrelationId = reader.IsDBNull(at + 11) ? null : reader.GetString(at + 11),
        Attempts = reader.GetInt32(at + 12),
        LastError = reader.IsDBNull(at + 13) ? null : reader.GetString(at + 13),
        DeadSince = reader.IsDBNull(at + 14) ? null : Time(reader, at + 14),
        IfRejected = reader.IsDBNull(at + 15) ? null : new(reader.GetString(at + 15), reader.GetString(at + 16)),
    };

    // Infinity, the time of what is never tried, is the end of time here.
    private static DateTimeOffset Time(NpgsqlDataReader reader, int at) => new(DateTime.SpecifyKind(reader.GetDateTime(at), DateTimeKind.Utc));

    private Task<T> AskAsync<T>(string sql, Func<NpgsqlCommand, Task<T>> ask) => _connections.AskAsync("due rows", sql, ask);
}
