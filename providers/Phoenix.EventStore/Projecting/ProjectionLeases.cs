using NpgsqlTypes;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// The right to run a projection: a lease for each by PostgreSQL's clock, with an epoch that rises with each new owner. And who is there to
/// have one, with what his build can run.
/// </summary>
internal sealed class ProjectionLeases
{
    /// <summary>Before the name of the projection's shard.</summary>
    public const string Prefix = "projection:";

    private const string What = "projections";

    private readonly EventStoreConnections _connections;
    private readonly LeaseTable _leases;
    private readonly TimeSpan _time;
    private readonly string _prolong, _look, _leave;

    public ProjectionLeases(
        EventStoreConnections connections, LeaseTable leases, ILogStore store, ProjectionOptions options, ILocalSiloDetails silo)
    {
        (_connections, _leases, _time) = (connections, leases, options.LeaseTime);
        Owner = $"{silo.Name} {Guid.NewGuid():N}";
        var names = new TableNames(store.Options);
        _prolong = $"""
            with here as (
                insert into {names.ProjectionSilos} (owner, shards, expires) values ($1, $2, clock_timestamp() + $3)
                on conflict (owner) do update set expires = excluded.expires
            ), gone as (
                delete from {names.ProjectionSilos} where owner in (
                    select owner from {names.ProjectionSilos} where expires < clock_timestamp() - interval '10 minutes'
                    for update skip locked)
            )
            update {names.Leases} set expires = clock_timestamp() + $3 where owner = $1 and name = any($4) returning name, epoch
            """;
        _look = $"""
            select s.owner, s.shards, array(
                select l.name from {names.Leases} l
                where l.owner = s.owner and starts_with(l.name, '{Prefix}') and l.expires > clock_timestamp())
            from {names.ProjectionSilos} s where s.expires > clock_timestamp() order by s.owner collate "C"
            """;
        _leave = $"""
            with gone as (delete from {names.ProjectionSilos} where owner = $1)
            update {names.Leases} set expires = clock_timestamp() where owner = $1 and starts_with(name, '{Prefix}')
            """;
    }

    /// <summary>This process: the silo's name and what tells it from the one before its restart.</summary>
    public string Owner { get; }

    /// <summary>Says that this silo is there, and prolongs what it holds.</summary>
    /// <param name="can">What its build can run.</param>
    /// <param name="held">What it holds, as far as it knows.</param>
    /// <returns>What it holds still, with the epochs.</returns>
    public Task<Dictionary<string, long>> ProlongAsync(string[] can, IEnumerable<string> held) =>
        _connections.AskAsync(What, _prolong, async command =>
        {
            command.Parameters.Add(new() { Value = Owner });
            command.Parameters.Add(new() { Value = can });
            command.Parameters.Add(new() { Value = _time, NpgsqlDbType = NpgsqlDbType.Interval });
            command.Parameters.Add(new() { Value = held.Select(shard => Prefix + shard).ToArray() });
            var still = new Dictionary<string, long>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) still.Add(reader.GetString(0)[Prefix.Length..], reader.GetInt64(1));
            return still;
        });

    /// <summary>All silos that are there, this one among them.</summary>
    public Task<IReadOnlyList<ProjectingSilo>> LookAsync() =>
        _connections.AskAsync<IReadOnlyList<ProjectingSilo>>(What, _look, async command =>
        {
            var silos = new List<ProjectingSilo>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                silos.Add(new(reader.GetString(0), reader.GetFieldValue<string[]>(1),
                    [.. reader.GetFieldValue<string[]>(2).Select(name => name[Prefix.Length..])]));
            }

            return silos;
        });

    /// <summary>Takes the lease of a projection; returns its epoch, or null while another silo has it.</summary>
    public Task<long?> TakeAsync(string shard) => _leases.TakeAsync(Prefix + shard, Owner, _time);

    /// <summary>Gives one back.</summary>
    public Task GiveAsync(string shard) => _leases.LeaveAsync(Prefix + shard, Owner);

    /// <summary>Gives all back; this silo is not there any more.</summary>
    public Task LeaveAsync() => _connections.AskAsync(What, _leave, command =>
    {
        command.Parameters.Add(new() { Value = Owner });
        return command.ExecuteNonQueryAsync();
    });
}
