using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Counts and deletes rows of the ledger by age. It walks the table a piece at a time, so that no statement is long and nothing is held;
/// an end in the middle leaves a part of the old rows, and the next walk finds them. Thread-safe; each call throws
/// <see cref="LogUnavailableException"/> when storage cannot be reached.
/// </summary>
public sealed class LedgerTrimming
{
    private const string What = "ledger";

    // 4 MiB at PostgreSQL's usual size of a block: 10,000 to 20,000 rows.
    private const long BlocksAtOnce = 512;

    private readonly EventStoreConnections _connections;
    private readonly string _blocks, _count, _delete, _needed, _record;

    internal LedgerTrimming(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        // By place and not by age: a piece is found without an index, and a row that is deleted is not met again.
        const string Piece = "ctid >= format('(%s,0)', $1)::tid and ctid < format('(%s,0)', $2)::tid and recorded_at < $3";
        _blocks = $"select pg_relation_size('{names.Ledger}') / current_setting('block_size')::bigint";
        _count = $"select count(*) from {names.Ledger} where {Piece}";
        _delete = $"with gone as (delete from {names.Ledger} where {Piece} returning 1) select count(*) from gone";
        _needed = $"""
            select 'transactions', min(s.created) from {names.Due} d join {names.Streams} s on s.id = d.owner where d.name = $1
            union all select 'sends', min(scheduled) from {names.Due} where kind = {(short)DueKind.Send}
            union all select 'letters', min(dead_since) - interval '1 day' from {names.Letters} where state <> {(short)LetterState.Discarded}
            """;
        _record = $"insert into {names.LedgerTrims} (before, rows, principal) values ($1, $2, $3)";
    }

    /// <summary>What this database knows to need rows, each with the time of the oldest that it may ask for again.</summary>
    /// <param name="openDueName">The name of the due row that each open transaction has.</param>
    public Task<IReadOnlyList<LedgerNeed>> NeedsAsync(string openDueName) => _connections.AskAsync<IReadOnlyList<LedgerNeed>>(What, _needed, async command =>
    {
        command.Parameters.Add(new() { Value = openDueName });
        var needs = new List<LedgerNeed>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (!await reader.IsDBNullAsync(1)) needs.Add(new(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));
        }

        return needs;
    });

    /// <summary>How many rows were recorded before a time.</summary>
    /// <param name="before">The time, by the database's clock.</param>
    /// <param name="cancellation">Ends the walk.</param>
    public Task<long> CountAsync(DateTimeOffset before, CancellationToken cancellation) => WalkAsync(_count, before, static _ => { }, cancellation);

    /// <summary>Deletes the rows that were recorded before a time, and returns how many those were.</summary>
    /// <param name="before">The time, by the database's clock.</param>
    /// <param name="principal">Who wants it, for the record.</param>
    /// <param name="progress">Told how many are gone.</param>
    /// <param name="cancellation">Ends the walk; what is gone is gone, and recorded.</param>
    public async Task<long> DeleteAsync(DateTimeOffset before, string? principal, Action<long> progress, CancellationToken cancellation)
    {
        var gone = 0L;
        try
        {
            return await WalkAsync(_delete, before, rows => progress(gone = rows), cancellation);
        }
        finally
        {
            if (gone > 0) await RecordAsync(before, gone, principal);
        }
    }

    private async Task<long> WalkAsync(string sql, DateTimeOffset before, Action<long> progress, CancellationToken cancellation)
    {
        var blocks = await _connections.AskAsync(What, _blocks, async command => (long)(await command.ExecuteScalarAsync(cancellation))!);
        var rows = 0L;
        for (var from = 0L; from < blocks; from += BlocksAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = from;
            rows += await _connections.AskAsync(What, sql, async command =>
            {
                command.Parameters.Add(new() { Value = first });
                command.Parameters.Add(new() { Value = first + BlocksAtOnce });
                command.Parameters.Add(new() { Value = before.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
                return (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
            });
            progress(rows);
        }

        return rows;
    }

    private Task<int> RecordAsync(DateTimeOffset before, long rows, string? principal) => _connections.AskAsync(What, _record, command =>
    {
        command.Parameters.Add(new() { Value = before.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = rows });
        command.Parameters.Add(new() { Value = principal ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return command.ExecuteNonQueryAsync();
    });
}

/// <summary>Something that may bring an id back.</summary>
/// <param name="What">What it is.</param>
/// <param name="Since">Rows that were recorded at this time or later are needed.</param>
public sealed record LedgerNeed(string What, DateTimeOffset Since);
