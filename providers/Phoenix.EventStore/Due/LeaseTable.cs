using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Rights that one process of all that use a database has for a while, by PostgreSQL's clock. Each new holder has a higher epoch. A lease
/// spares others the same work; what is done under it must be right even when two hold it for a moment.
/// </summary>
public sealed class LeaseTable
{
    private const string What = "leases";

    private readonly EventStoreConnections _connections;
    private readonly string _take, _leave;

    internal LeaseTable(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        _take = $"""
            insert into {names.Leases} as l (name, owner, epoch, expires) values ($1, $2, 1, clock_timestamp() + $3)
            on conflict (name) do update set epoch = l.epoch + (l.owner <> excluded.owner)::int, owner = excluded.owner, expires = excluded.expires
            where l.owner = excluded.owner or l.expires < clock_timestamp()
            returning epoch
            """;
        _leave = $"update {names.Leases} set expires = clock_timestamp() where name = $1 and owner = $2 and expires > clock_timestamp()";
    }

    /// <summary>Takes or prolongs a lease.</summary>
    /// <param name="name">What for.</param>
    /// <param name="owner">Who; no two processes, nor a process before and after its restart, have the same.</param>
    /// <param name="time">For how long from now.</param>
    /// <returns>The epoch, or null while another holds it.</returns>
    /// <exception cref="LogUnavailableException">Storage cannot be reached.</exception>
    public Task<long?> TakeAsync(string name, string owner, TimeSpan time) => _connections.AskAsync(What, _take, async command =>
    {
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = time, NpgsqlDbType = NpgsqlDbType.Interval });
        return await command.ExecuteScalarAsync() as long?;
    });

    /// <summary>Gives a lease back before its time, so that another need not wait for its end.</summary>
    public Task LeaveAsync(string name, string owner) => _connections.AskAsync(What, _leave, command =>
    {
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = owner });
        return command.ExecuteNonQueryAsync();
    });
}
