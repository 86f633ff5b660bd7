using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Discards letters of a run of many, a page at a time; the page and its count are one statement, so a run that is killed goes on where it
/// was. Each call throws <see cref="LogUnavailableException"/> when storage cannot be reached. Thread-safe.
/// </summary>
public sealed class LetterDiscards
{
    private const string What = "discards of dead letters";

    private readonly EventStoreConnections _connections;
    private readonly string _records, _due;

    internal LetterDiscards(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        // Under the lock of its run, so that one that was stopped discards nothing more, and two silos count a letter once.
        var run = $"""
            with run as (
                select id, principal, reason from {names.LetterReplays} where id = $11 and state = '{LetterReplays.Discarding}' for update
            )
            """;
        var moved = $"""
            moved as (
                update {names.LetterReplays} set replayed = replayed + (select count(*) from gone), changed_at = now()
                where id = (select id from run) and exists (select 1 from gone)
            )
            select (select count(*) from page), (select count(*) from gone)
            """;
        _records = $"""
            {run}, page as (
                select topic, life, partition, position from {names.Letters}
                where exists (select 1 from run) and {LetterReplays.Asked} and state = 0
                order by topic, life, partition, position limit $10
            ), gone as (
                update {names.Letters} l set state = {(short)LetterState.Discarded}, settled_at = now(), settled_by = run.principal,
                    settled_why = run.reason
                from run, page p
                where l.topic = p.topic and l.life = p.life and l.partition = p.partition and l.position = p.position and l.state = 0
                returning 1
            ), {moved}
            """;
        // What a timer or send asked for is nowhere else afterwards.
        _due = $"""
            {run}, page as (
                select owner, name from {names.Due}
                where exists (select 1 from run) and {LetterReplays.AskedDue} order by owner, name limit $10
            ), gone as (
                delete from {names.Due} d using page p where d.owner = p.owner and d.name = p.name and d.dead_since is not null
                returning d.owner, d.name, format('%s to %s: %s', d.command, d.target, d.payload) as detail
            ), noted as (
                insert into {names.LetterAudit} (principal, verb, subject, letters, reason, detail)
                select run.principal, 'discard', format('%s: %s of %s', run.id, gone.name, gone.owner), 1, run.reason, gone.detail
                from run, gone
            ), {moved}
            """;
    }

    /// <summary>Discards letters of records.</summary>
    /// <param name="run">The run; nothing is discarded when it has ended.</param>
    /// <param name="query">Which.</param>
    /// <param name="limit">Most letters.</param>
    /// <returns>How many there were, at most the limit, and how many of them this call has discarded.</returns>
    public Task<(long Found, long Discarded)> RecordsAsync(LetterReplay run, LetterQuery query, int limit) =>
        AskAsync(_records, run, query, limit);

    /// <summary>Takes dead timers and sends away; what they asked for stands in the audit.</summary>
    /// <inheritdoc cref="RecordsAsync"/>
    public Task<(long Found, long Discarded)> DueAsync(LetterReplay run, LetterQuery query, int limit) =>
        AskAsync(_due, run, query, limit);

    private Task<(long Found, long Discarded)> AskAsync(string sql, LetterReplay run, LetterQuery query, int limit) =>
        _connections.AskAsync(What, sql, async command =>
        {
            LetterReplays.AddAsked(command, run, query);
            command.Parameters.Add(new() { Value = (long)limit });
            command.Parameters.Add(new() { Value = run.Id });
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return (reader.GetInt64(0), reader.GetInt64(1));
        });
}
