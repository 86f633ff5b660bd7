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

    public async Task<IReadOnlyList<PublicationCheckpoint>> SlicesAsync(string publication, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Slices, publication);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var slices = new List<PublicationCheckpoint>();
        while (await reader.ReadAsync(cancellation))
        {
            slices.Add(new()
            {
                Publication = reader.GetString(0),
                State = (PublicationState)reader.GetInt16(1),
                Position = reader.GetInt64(2),
                Run = reader.GetInt32(3),
                Epoch = reader.GetInt64(4),
                Incarnation = reader.GetInt64(5),
                Owner = reader.IsDBNull(6) ? null : reader.GetString(6),
                IsLeased = reader.GetBoolean(7),
                Trouble = reader.IsDBNull(8) ? null : reader.GetString(8),
                UpdatedAt = reader.GetFieldValue<DateTimeOffset>(9),
                Slice = new(reader.GetInt32(10), reader.GetInt32(11)),
                Rate = reader.GetDouble(12),
                LastError = reader.IsDBNull(13) ? null : (reader.GetString(13), reader.GetFieldValue<DateTimeOffset>(14)),
            });
        }

        return slices;
    }

    public Task CreateAsync(string publication, long position, int slices, CancellationToken cancellation) =>
        AloneAsync(publication, [(_sql.Create, [publication, position, Rows(publication, slices), slices])], cancellation);

    public async Task<bool> DivideAsync(string publication, int slices, CancellationToken cancellation) => await AloneAsync(
        publication,
        [
            (_sql.Lock, [publication]),
            (_sql.Divide, [publication, Rows(publication, slices), slices]),
            (_sql.DropSlices, [publication, slices]),
            (_sql.FreeAll, [publication]),
        ],
        cancellation) > 0;

    public async Task<PublicationLease?> TakeAsync(string row, string owner, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Take, row, owner, lease);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new(row, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt64(3), new(reader.GetInt32(4), reader.GetInt32(5)))
            : null;
    }

    public Task<bool> SaveAsync(PublicationLease lease, PublicationProgress progress, TimeSpan time, CancellationToken cancellation) =>
        ChangesAsync(
            _sql.Save,
            [
                lease.Publication, lease.Epoch, progress.Position, time, Text(progress.Trouble), progress.Rate, Text(progress.LastError?.Reason),
                new NpgsqlParameter { Value = (object?)progress.LastError?.At.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            ],
            cancellation);

    public Task ReleaseAsync(PublicationLease lease, long position, CancellationToken cancellation) =>
        ChangesAsync(_sql.Release, [lease.Publication, lease.Epoch, position], cancellation);

    public Task<bool> StopAsync(PublicationLease lease, long position, string trouble, CancellationToken cancellation) =>
        ChangesAsync(_sql.Stop, [lease.Publication, lease.Epoch, position, trouble], cancellation);

    public Task<bool> PauseAsync(string publication, string? reason, CancellationToken cancellation) => ChangesAsync(_sql.Pause, [publication, Text(reason)], cancellation);

    public Task<bool> ResumeAsync(string publication, CancellationToken cancellation) => ChangesAsync(_sql.Resume, [publication], cancellation);

    public Task<bool> RewindAsync(string publication, long position, CancellationToken cancellation) => ChangesAsync(_sql.Rewind, [publication, position], cancellation);

    public async Task<IReadOnlyList<ParkedStream>> ParkedAsync(string row, CancellationToken cancellation)
    {
        await using var command = Command(_sql.Parked, row);
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

    private static string[] Rows(string publication, int slices) =>
        [.. Enumerable.Range(1, slices).Select(number => PublicationSlice.Row(publication, number))];

    /// <summary>Rows that were changed, in one transaction in which nobody else creates or divides this publication.</summary>
    private async Task<int> AloneAsync(string publication, (string Sql, object[] Parameters)[] statements, CancellationToken cancellation)
    {
        await using var connection = await connections.Following.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (sql, parameters) in statements.Prepend((PublicationStatements.Alone, [publication])))
        {
            var one = new NpgsqlBatchCommand(sql);
            foreach (var value in parameters) one.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(one);
        }

        var changed = await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return changed;
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
