using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Who did what with dead letters. Each call throws <see cref="LogUnavailableException"/> when storage cannot be reached. Thread-safe.
/// </summary>
public sealed class LetterAudit
{
    private const string What = "audit of dead letters";

    private readonly EventStoreConnections _connections;
    private readonly string _list, _add, _expire;

    internal LetterAudit(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        _list = $"""
            select id, at, principal, verb, subject, letters, reason, detail from {names.LetterAudit}
            where (at, id) < ($1, $2) order by at desc, id desc limit $3
            """;
        _expire = $"""
            with gone as (
                delete from {names.LetterAudit} where id in (
                    select id from {names.LetterAudit} where at < now() - $1 order by at, id limit 2000) returning 1
            ), noted as (
                insert into {names.LetterAudit} (verb, subject, letters, reason)
                select 'expire', 'audit', count(*), 'their time is over' from gone having count(*) > 0
            )
            select count(*) from gone
            """;
        _add = $"insert into {names.LetterAudit} (principal, verb, subject, letters, reason) values ($1, $2, $3, $4, $5)";
    }

    /// <summary>What was done, the newest first.</summary>
    /// <param name="after">Behind which to begin; null for the newest.</param>
    /// <param name="limit">Most rows.</param>
    public Task<IReadOnlyList<LetterAuditRow>> ListAsync((DateTimeOffset At, Guid Id)? after, int limit) =>
        _connections.AskAsync<IReadOnlyList<LetterAuditRow>>(What, _list, async command =>
        {
            command.Parameters.Add(new() { Value = (after?.At ?? DateTimeOffset.MaxValue).UtcDateTime,
                NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = after?.Id ?? Guid.Empty });
            command.Parameters.Add(new() { Value = (long)limit });
            var rows = new List<LetterAuditRow>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                rows.Add(new(
                    reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), Text(2), reader.GetString(3), reader.GetString(4),
                        reader.GetInt64(5),
                    Text(6), Text(7)));
            return rows;

            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        });

    /// <summary>Removes entries whose time is over, some thousand at most, and writes down how many. The rest goes with the next
    /// call.</summary>
    /// <param name="age">How long they are kept.</param>
    /// <returns>How many are gone.</returns>
    public Task<long> ExpireAsync(TimeSpan age) => _connections.AskAsync(What, _expire, async command =>
    {
        command.Parameters.Add(new() { Value = age, NpgsqlDbType = NpgsqlDbType.Interval });
        return (long)(await command.ExecuteScalarAsync())!;
    });

    /// <summary>Writes down what was done.</summary>
    public Task AddAsync(string? principal, string verb, string subject, long letters, string? reason) =>
        _connections.AskAsync(What, _add, command =>
    {
        command.Parameters.Add(new() { Value = (object?)principal ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = verb });
        command.Parameters.Add(new() { Value = subject });
        command.Parameters.Add(new() { Value = letters });
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return command.ExecuteNonQueryAsync();
    });
}

/// <summary>Something that was done with letters.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When, by the database's clock.</param>
/// <param name="Principal">By whom; null for the silos themselves.</param>
/// <param name="Verb">What.</param>
/// <param name="Subject">The letter, or which letters.</param>
/// <param name="Letters">How many.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What is nowhere else, such as the command of a discarded timer.</param>
public sealed record LetterAuditRow(
    Guid Id, DateTimeOffset At, string? Principal, string Verb, string Subject, long Letters, string? Reason, string? Detail);
