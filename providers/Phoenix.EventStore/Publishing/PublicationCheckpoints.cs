using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Publishing;

/// <summary>The rows of publications. All times are PostgreSQL's.</summary>
internal sealed class PublicationCheckpoints(EventStoreConnections connections, TableNames names) : IPublicationCheckpoints
{
    // Which life of which database this is: restored elsewhere it has another identifier, restored to a point in time or promoted another
    // timeline, and filled from a dump another number in its server. Numbers that were published from the former life may now belong to
    // other events.
    private const string Life = """
        ((select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
            || '/' || (select oid from pg_database where datname = current_database()))
        """;

    private readonly PublicationStatements _sql = new(names, Life);

    public async Task<PublicationCheckpoint?> FindAsync(string publication, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Find, publication);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        return new()
        {
            Publication = publication,
            State = (PublicationState)reader.GetInt16(0),
            Position = reader.GetInt64(1),
            Run = reader.GetInt32(2),
            Epoch = reader.GetInt64(3),
            Incarnation = reader.GetInt64(4),
            Owner = reader.IsDBNull(5) ? null : reader.GetString(5),
            IsLeased = reader.GetBoolean(6),
            Trouble = reader.IsDBNull(7) ? null : reader.GetString(7),
            UpdatedAt = reader.GetFieldValue<DateTimeOffset>(8),
        };
    }

    public Task CreateAsync(string publication, long position, CancellationToken cancellation) => ChangesAsync(_sql.Create, [publication, position], cancellation);

    public async Task<PublicationLease?> TakeAsync(string publication, string owner, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Take, publication, owner, lease);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(publication, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt64(3)) : null;
    }

    public Task<bool> SaveAsync(PublicationLease lease, long position, TimeSpan time, string? trouble, CancellationToken cancellation) =>
        ChangesAsync(_sql.Save, [lease.Publication, lease.Epoch, position, time, Text(trouble)], cancellation);

    public Task ReleaseAsync(PublicationLease lease, long position, CancellationToken cancellation) =>
        ChangesAsync(_sql.Release, [lease.Publication, lease.Epoch, position], cancellation);

    public Task<bool> StopAsync(PublicationLease lease, long position, string trouble, CancellationToken cancellation) =>
        ChangesAsync(_sql.Stop, [lease.Publication, lease.Epoch, position, trouble], cancellation);

    public Task<bool> PauseAsync(string publication, string? reason, CancellationToken cancellation) => ChangesAsync(_sql.Pause, [publication, Text(reason)], cancellation);

    public Task<bool> ResumeAsync(string publication, CancellationToken cancellation) => ChangesAsync(_sql.Resume, [publication], cancellation);

    public Task<bool> RewindAsync(string publication, long position, CancellationToken cancellation) => ChangesAsync(_sql.Rewind, [publication, position], cancellation);

    public async Task<IReadOnlyList<ParkedStream>> ParkedAsync(string publication, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Parked, publication);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var parked = new List<ParkedStream>();
        while (await reader.ReadAsync(cancellation))
            parked.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5)));
        return parked;
    }

    public Task<bool> ParkAsync(PublicationLease lease, LoggedEvent first, string reason, CancellationToken cancellation) =>
        ChangesAsync(_sql.Park, [lease.Publication, lease.Epoch, first.StreamId, first.Sequence, first.Version, first.Type, reason], cancellation);

    public Task<bool> UnparkAsync(PublicationLease lease, string stream, CancellationToken cancellation) =>
        ChangesAsync(_sql.Unpark, [lease.Publication, lease.Epoch, stream], cancellation);

    public async Task<IReadOnlyList<LoggedEvent>> EventsAsync(string stream, long after, long upTo, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Events, stream, after, upTo);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<LoggedEvent>();
        while (await reader.ReadAsync(cancellation)) events.Add(LogPages.Read(reader));
        return events;
    }

    public async Task<long> CountAsync(
        long after, long upTo, IReadOnlyCollection<string> aggregates, IReadOnlyCollection<string> types, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Count, after, upTo, aggregates.ToArray(), types.ToArray());
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public async Task<(long End, TimeSpan Age)> BacklogAsync(long position, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Backlog, position);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(1))));
    }

    public async Task<long> PositionAtAsync(DateTimeOffset time, long safe, CancellationToken cancellation)
    {
        await using var connection = await connections.Following.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local statement_timeout = 0"));
        var first = new NpgsqlBatchCommand(_sql.FirstSince);
        first.Parameters.Add(new() { Value = time.UtcDateTime });
        batch.BatchCommands.Add(first);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return reader.IsDBNull(0) ? safe : Math.Min(safe, reader.GetInt64(0) - 1);
    }

    public async Task<long?> PositionBeforeAsync(string stream, long version, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Version, stream, version);
        return await command.ExecuteScalarAsync(cancellation) is long sequence ? sequence - 1 : null;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private NpgsqlCommand Command(string sql, params object[] parameters)
    {
        var command = connections.Following.CreateCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }

    private async Task<bool> ChangesAsync(string sql, object[] parameters, CancellationToken cancellation)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }
}
