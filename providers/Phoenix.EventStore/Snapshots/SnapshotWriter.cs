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
    private readonly Task _writing;

    public SnapshotWriter(EventStoreConnections connections, TableNames names, ILogger<SnapshotWriter> logger)
    {
        _connections = connections;
        _logger = logger;
        // A later version wins whoever writes last; another format wins always, since it is the running build's.
        _sql = $"""
            insert into {names.Snapshots} as old (stream, version, format_version, fingerprint, state)
            values ($1, $2, $3, $4, $5)
            on conflict (stream) do update
                set version = excluded.version, format_version = excluded.format_version, fingerprint = excluded.fingerprint,
                    state = excluded.state, taken_at = now()
                where old.version < excluded.version
                    or (old.format_version, old.fingerprint) is distinct from (excluded.format_version, excluded.fingerprint)
            """;
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
