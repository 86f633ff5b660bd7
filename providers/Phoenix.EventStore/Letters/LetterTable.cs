using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Keeps the letters of topics. Each call throws <see cref="LogUnavailableException"/> when storage cannot be reached. Thread-safe.
/// </summary>
public sealed class LetterTable
{
    private const string What = "dead letters";

    private readonly EventStoreConnections _connections;
    private readonly string _store, _positions, _find, _expireSettled, _expireOpen;

    internal LetterTable(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        // Positions only go forward within a life: of two silos that read the same, the slower one moves nothing back.
        _store = $"""
            with stored as (
                insert into {names.Letters} (topic, life, {LetterColumns.Written})
                select $1, $2, w.*
                from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) as w
                on conflict do nothing returning 1
            ), moved as (
                insert into {names.LetterPositions} as p (topic, partition, life, next)
                select $1, w.partition, $2, w.next from unnest($21, $22) as w(partition, next)
                on conflict (topic, partition) do update set life = excluded.life,
                    next = case when p.life = excluded.life then greatest(p.next, excluded.next) else excluded.next end
            )
            select count(*) from stored
            """;
        _positions = $"select topic, partition, life, next from {names.LetterPositions}";
        _find = $"""
            select {LetterColumns.All} from {names.Letters} where topic = $1 and life = $2 and partition = $3 and position = $4
            """;
        var ended = $"""
            , ended as (delete from {names.LetterReplays} where not {LetterReplays.UnderWay} and changed_at < now() - $1)
            """;
        _expireSettled = Expire(names, "state <> 0 and settled_at < now() - $1", ended);
        _expireOpen = Expire(names, "state = 0 and stored_at < now() - $1", "");
    }

    /// <summary>How far topics were read: the place that comes next, for each partition.</summary>
    public Task<IReadOnlyList<LetterPlace>> PositionsAsync() =>
        _connections.AskAsync<IReadOnlyList<LetterPlace>>(What, _positions, async command =>
        {
            var positions = new List<LetterPlace>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                positions.Add(new(reader.GetString(0), reader.GetString(2), reader.GetInt32(1), reader.GetInt64(3)));
            return positions;
        });

    /// <summary>
    /// Keeps letters of one topic and how far it was read, in one transaction; a letter that is kept already stays as it is.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="life">Which life of it.</param>
    /// <param name="letters">The letters.</param>
    /// <param name="next">The next offset of each partition that was read.</param>
    /// <returns>How many were new.</returns>
    public Task<long> StoreAsync(string topic, string life, IReadOnlyList<Letter> letters, IReadOnlyDictionary<int, long> next) =>
        _connections.AskAsync(What, _store, async command =>
        {
            command.Parameters.Add(new() { Value = topic });
            command.Parameters.Add(new() { Value = life });
            LetterColumns.AddWritten(command, letters);
            command.Parameters.Add(new() { Value = next.Keys.ToArray() });
            command.Parameters.Add(new() { Value = next.Values.ToArray() });
            return (long)(await command.ExecuteScalarAsync())!;
        });

    /// <summary>A letter, or null.</summary>
    public Task<Letter?> FindAsync(LetterPlace place) => _connections.AskAsync(What, _find, async command =>
    {
        AddPlace(command, place);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? LetterColumns.Read(reader) : null;
    });

    /// <summary>
    /// Removes letters whose time is over, some thousand at most, and writes down how many. The rest goes with the next call.
    /// </summary>
    /// <param name="settled">How long those are kept that were replayed or discarded, from then on.</param>
    /// <param name="open">How long the others are, from when they were stored.</param>
    /// <returns>How many are gone.</returns>
    public async Task<long> ExpireAsync(TimeSpan settled, TimeSpan open) =>
        await ExpireAsync(_expireSettled, settled) + await ExpireAsync(_expireOpen, open);

    internal static void AddPlace(NpgsqlCommand command, LetterPlace place)
    {
        command.Parameters.Add(new() { Value = place.Topic });
        command.Parameters.Add(new() { Value = place.Life });
        command.Parameters.Add(new() { Value = place.Partition });
        command.Parameters.Add(new() { Value = place.Position });
    }

    private Task<long> ExpireAsync(string sql, TimeSpan age) => _connections.AskAsync(What, sql, async command =>
    {
        command.Parameters.Add(new() { Value = age, NpgsqlDbType = NpgsqlDbType.Interval });
        return (long)(await command.ExecuteScalarAsync())!;
    });

    private static string Expire(TableNames names, string which, string more) => $"""
        with gone as (
            delete from {names.Letters} where (topic, life, partition, position) in
                (select topic, life, partition, position from {names.Letters} where {which} limit 2000)
            returning state
        ), noted as (
            insert into {names.LetterAudit} (verb, subject, letters, reason)
            select 'expire', case when min(state) = 0 then 'open letters' else 'settled letters' end, count(*), 'their time is over'
            from gone having count(*) > 0
        ){more}
        select count(*) from gone
        """;
}
