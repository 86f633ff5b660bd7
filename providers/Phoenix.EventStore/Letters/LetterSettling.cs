using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Says what became of one letter, and writes down who said so, in one transaction. Each call throws <see cref="LogUnavailableException"/>
/// when storage cannot be reached. Thread-safe.
/// </summary>
public sealed class LetterSettling
{
    private const string What = "dead letters";

    private readonly EventStoreConnections _connections;
    private readonly string _settle, _againDue, _discardDue;

    internal LetterSettling(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        var noted = $"""
            noted as (
                insert into {names.LetterAudit} (principal, verb, subject, letters, reason, detail)
                select $1, $2, $3, 1, $4, one.detail from one
            )
            select count(*) from one
            """;
        // Replayed twice, a letter is replayed; discarded, it is not replayed, and what was replayed cannot be discarded.
        _settle = $"""
            with one as (
                update {names.Letters} set state = $5, settled_at = now(), settled_by = $1, settled_why = $4
                where topic = $6 and life = $7 and partition = $8 and position = $9 and (state = 0 or (state = 1 and $5 = 1))
                returning null::text as detail
            ), {noted}
            """;
        const string Dead = "owner = $5 and name = $6 and generation = $7 and dead_since is not null";
        _againDue = $"""
            with one as (
                update {names.Due} set due = now(), attempts = 0, dead_since = null where {Dead} returning null::text as detail
            ), {noted}
            """;
        _discardDue = $"""
            with one as (delete from {names.Due} where {Dead} returning format('%s to %s: %s', command, target, payload) as detail), {noted}
            """;
    }

    /// <summary>A record's letter was replayed or discarded. False when it was discarded before, or is gone, or is replayed and not to be
    /// discarded.</summary>
    public Task<bool> SettleAsync(LetterPlace place, LetterState state, LetterNote note) => AskAsync(_settle, note, command =>
    {
        command.Parameters.Add(new() { Value = (short)state });
        LetterTable.AddPlace(command, place);
    });

    /// <summary>Makes a dead timer or send due now. False when it is gone, or another by now.</summary>
    public Task<bool> AgainAsync(string owner, string name, Guid generation, LetterNote note) =>
        AskAsync(_againDue, note, command => AddDue(command, owner, name, generation));

    /// <summary>Takes a dead timer or send away; what it asked for stands in the audit. False when it is gone, or another by now.</summary>
    public Task<bool> DiscardAsync(string owner, string name, Guid generation, LetterNote note) =>
        AskAsync(_discardDue, note, command => AddDue(command, owner, name, generation));

    private static void AddDue(NpgsqlCommand command, string owner, string name, Guid generation)
    {
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = generation });
    }

    private Task<bool> AskAsync(string sql, LetterNote note, Action<NpgsqlCommand> add) => _connections.AskAsync(What, sql, async command =>
    {
        command.Parameters.Add(new() { Value = (object?)note.Principal ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = note.Verb });
        command.Parameters.Add(new() { Value = note.Subject });
        command.Parameters.Add(new() { Value = note.Reason });
        add(command);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    });
}

/// <summary>Who does what with a letter, and why.</summary>
/// <param name="Principal">Who.</param>
/// <param name="Verb">What.</param>
/// <param name="Subject">The letter.</param>
/// <param name="Reason">Why.</param>
public sealed record LetterNote(string? Principal, string Verb, string Subject, string Reason);
