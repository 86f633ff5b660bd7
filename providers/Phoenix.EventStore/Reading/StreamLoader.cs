using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Reading;

/// <summary>Builds a stream's state: the newest usable snapshot and the events after it, in one statement and so from one moment.</summary>
internal sealed partial class StreamLoader(EventStoreConnections connections, TableNames names, EventTypes types, IDocumentStore store, ILogger<StreamLoader> logger)
{
    private readonly ISerializer _serializer = ((DocumentStore)store).Serializer;

    // Columns: data, type (null for the snapshot), version. The snapshot comes first; last, without data, the version the stream says it
    // has.
    private readonly string _latest = $"""
        with snapshot as materialized (
            select state, version from {names.Snapshots} where stream = $1 and format_version = $2 and fingerprint = $3
        )
        select state, null::varchar, version from snapshot
        union all
        (select data, type, version from {names.Events}
         where stream_id = $1 and version > coalesce((select version from snapshot), 0) order by version)
        union all
        select null, null, version from {names.Streams} where id = $1
        """;

    // The same columns, without the last row: the past has no version to compare with.
    private readonly string _until = $"""
        with target as materialized (
            select least($4, coalesce((select version from {names.Events} where stream_id = $1 and timestamp <= $5 order by version desc limit 1), 0)) as version
        ), snapshot as materialized (
            select state, version from {names.Snapshots}
            where stream = $1 and format_version = $2 and fingerprint = $3 and version <= (select version from target)
        )
        select state, null::varchar, version from snapshot
        union all
        (select data, type, version from {names.Events}
         where stream_id = $1 and version > coalesce((select version from snapshot), 0) and version <= (select version from target) order by version)
        """;

    /// <summary>The latest committed state.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="format">The snapshot shape to accept, or null to replay everything.</param>
    /// <param name="create">Makes the initial state.</param>
    /// <param name="apply">Applies one event.</param>
    /// <param name="forHistory">Whether an operator looks at it, who takes no turn from aggregates that become active.</param>
    /// <exception cref="LogUnavailableException">Storage cannot be reached.</exception>
    /// <exception cref="LogBrokenException">An event cannot be read or applied, or one is missing.</exception>
    public Task<Loaded<TView>> LatestAsync<TView>(
        string streamId, SnapshotFormat? format, Func<TView> create, Action<TView, object> apply, bool forHistory = false) =>
        ReplayAsync(forHistory ? connections.HistoryTurns : connections.Turns, streamId, format, create, apply, command => command.CommandText = _latest);

    /// <summary>The state after the last event up to this version and time, from the snapshot if that is not younger.</summary>
    public Task<Loaded<TView>> UntilAsync<TView>(
        string streamId, long version, DateTimeOffset time, SnapshotFormat? format, Func<TView> create, Action<TView, object> apply) =>
        ReplayAsync(connections.HistoryTurns, streamId, format, create, apply, command =>
        {
            command.CommandText = _until;
            command.Parameters.Add(new() { Value = version });
            command.Parameters.Add(new() { Value = time.UtcDateTime });
        });

    private async Task<Loaded<TView>> ReplayAsync<TView>(
        ReadTurns turns, string streamId, SnapshotFormat? format, Func<TView> create, Action<TView, object> apply, Action<NpgsqlCommand> configure)
    {
        try
        {
            return await turns.ReadAsync(() => ReadAsync(streamId, format, create, apply, configure));
        }
        catch (UnusableSnapshotException exception) when (format is not null)
        {
            // A snapshot is a cache (guarantee 2): what is wrong with it costs time, never the aggregate.
            LogUnusable(exception, streamId, names.Snapshots);
            return await ReplayAsync(turns, streamId, null, create, apply, configure);
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new LogUnavailableException($"The stream '{streamId}' cannot be read: {StorageTrouble.Of(exception)} Try again.", exception);
        }
    }

    private async Task<Loaded<TView>> ReadAsync<TView>(
        string streamId, SnapshotFormat? format, Func<TView> create, Action<TView, object> apply, Action<NpgsqlCommand> configure)
    {
        await using var command = connections.Reads.CreateCommand();
        command.Parameters.Add(new() { Value = streamId });
        command.Parameters.Add(new() { Value = format?.Version ?? 0 });
        command.Parameters.Add(new() { Value = format?.Fingerprint ?? "" });
        configure(command);
        await using var reader = await command.ExecuteReaderAsync();
        var view = create();
        var (version, snapshot) = (0L, 0L);
        while (await reader.ReadAsync())
        {
            var stored = reader.GetInt64(2);
            if (reader.IsDBNull(0)) CheckEnd(streamId, version, stored, snapshot);
            else if (reader.IsDBNull(1)) (view, snapshot) = (await ReadSnapshotAsync<TView>(reader, streamId, stored), stored);
            else Apply(view, reader, streamId, version, stored, apply);
            version = stored;
        }

        return new(view, version, version - snapshot);
    }

    private async Task<TView> ReadSnapshotAsync<TView>(NpgsqlDataReader reader, string streamId, long version)
    {
        try
        {
            return await _serializer.FromJsonAsync<TView>(reader, 0) ?? throw new System.Text.Json.JsonException("It is null.");
        }
        catch (Exception exception)
        {
            throw new UnusableSnapshotException($"The snapshot of '{streamId}' at version {version} cannot be read although its format matches: {exception.Message}", exception);
        }
    }

    private static void CheckEnd(string streamId, long read, long stored, long snapshot)
    {
        if (read == stored) return;
        if (snapshot > 0) throw new UnusableSnapshotException($"The snapshot of '{streamId}' at version {snapshot} and the events after it end at version {read}, the stream at {stored}.");
        throw new LogBrokenException($"The stream '{streamId}' says it has {stored} events, its last one is {read}: versions after {Math.Min(read, stored)} are missing or too many.");
    }

    private void Apply<TView>(TView view, NpgsqlDataReader reader, string streamId, long before, long stored, Action<TView, object> apply)
    {
        var name = reader.GetString(1);
        if (stored != before + 1)
            throw new LogBrokenException($"The stream '{streamId}' has version {stored} ('{name}') after {before}: versions between them are missing.");
        var mapping = types.Find(name)
            ?? throw new LogBrokenException($"The stream '{streamId}' has at version {stored} an event '{name}', which this build does not know. Deploy a build that does.");
        try
        {
            apply(view, mapping.ReadEventData(_serializer, reader).Data);
        }
        catch (Exception exception)
        {
            // The row is in memory already, so whatever is thrown here is the event's fault or the rule's, a TimeoutException too.
            throw new LogBrokenException($"The stream '{streamId}' has at version {stored} an event '{name}' that cannot be read or applied; the silo's log says why.", exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A snapshot is ignored and '{Stream}' replayed from its first event. Delete its row in {Snapshots} or raise the snapshot version.")]
    private partial void LogUnusable(Exception exception, string stream, string snapshots);
}

/// <summary>A state, its version, and how many events were replayed for it.</summary>
internal readonly record struct Loaded<TView>(TView View, long Version, long Replayed);
