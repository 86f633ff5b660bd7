using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NpgsqlTypes;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Snapshots;

/// <summary>
/// Writes snapshots behind the commits that made them possible. A snapshot is a cache (guarantee 2): when the writer cannot keep up or
/// storage fails, one is dropped and the next replay is longer.
/// </summary>
internal sealed partial class SnapshotWriter : IAsyncDisposable
{
    private readonly Channel<Snapshot> _waiting = Channel.CreateBounded<Snapshot>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly EventStoreConnections _connections;
    private readonly ILogger<SnapshotWriter> _logger;
    private readonly string _sql;
    private readonly TimeSpan _stays;
    private readonly Task _writing;

    public SnapshotWriter(EventStoreConnections connections, TableNames names, EventStoreOptions options, ILogger<SnapshotWriter> logger)
    {
        _connections = connections;
        _logger = logger;
        // A later version wins whoever writes last. One of another format waits its turn: while two builds run side by side each would
        // overwrite the other's at every activation. When one build is left, it gets the row at the end of that time at the latest.
        _sql = $"""
            insert into {names.Snapshots} as old (stream, version, format_version, fingerprint, state)
            values ($1, $2, $3, $4, $5)
            on conflict (stream) do update
                set version = excluded.version, format_version = excluded.format_version, fingerprint = excluded.fingerprint,
                    state = excluded.state, taken_at = now()
                where case when (old.format_version, old.fingerprint) = (excluded.format_version, excluded.fingerprint)
                    then old.version < excluded.version
                    else old.taken_at <= now() - $6 end
            """;
        _stays = options.SnapshotStays;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Hands over the state of a version that has committed.</summary>
    public void Write(Snapshot snapshot) => _waiting.Writer.TryWrite(snapshot);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        await foreach (var snapshot in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                await using var command = _connections.Reads.CreateCommand(_sql);
                command.Parameters.Add(new() { Value = snapshot.StreamId });
                command.Parameters.Add(new() { Value = snapshot.Version });
                command.Parameters.Add(new() { Value = snapshot.Format.Version });
                command.Parameters.Add(new() { Value = snapshot.Format.Fingerprint });
                command.Parameters.Add(new() { Value = snapshot.State, NpgsqlDbType = NpgsqlDbType.Jsonb });
                command.Parameters.Add(new() { Value = _stays });
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception exception)
            {
                LogNotWritten(exception, snapshot.StreamId, snapshot.Version);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of {Stream} at version {Version} was not written; the next activation replays more events.")]
    internal partial void LogNotWritten(Exception exception, string stream, long version);
}

/// <summary>A stream's state at a committed version.</summary>
internal sealed record Snapshot(string StreamId, long Version, SnapshotFormat Format, string State);
