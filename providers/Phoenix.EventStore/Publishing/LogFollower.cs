using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Publishing;

/// <summary>
/// Reads the whole log of a database in the order of its numbers, for everybody in this silo, without ever passing an event by. It looks
/// while somebody waits: at once when this silo has committed, else every 10 ms, and every 250 ms when nothing has happened for a while.
/// Thread-safe.
/// </summary>
internal sealed partial class LogFollower : ILogFollower, IAsyncDisposable
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(2);

    // Between two looks, so that a storm of commits costs a bounded number of them.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly FenceStatements _statements;
    private readonly LogPages _pages;
    private readonly NpgsqlDataSource _connections;
    private readonly CommitSignal _committed;
    private readonly TimeProvider _time;
    private readonly ILogger<LogFollower> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly SafePosition _position = new();
    private readonly HoldUpWatch _watch;

    // Guarded by the gate.
    private TaskCompletionSource _moved = NewSignal();
    private TaskCompletionSource _looked = NewSignal();
    private int _waiting;
    private Task? _running;
    private (long Safe, long End) _proven;
    private int _restarts;
    private DateTimeOffset? _unreachableSince;

    public LogFollower(EventStoreConnections connections, TableNames names, CommitQueue commits, TimeProvider time, ILogger<LogFollower> logger)
    {
        _connections = connections.Following;
        _statements = new(names);
        _pages = new(_connections, _statements);
        _committed = commits.Committed;
        _watch = new(_connections, _statements, time, logger);
        (_time, _logger) = (time, logger);
    }

    public LogProgress Progress
    {
        get
        {
            lock (_gate) return new(_proven.Safe, _proven.End, _watch.HeldUp, _unreachableSince);
        }
    }

    public ILogCursor Open(long after)
    {
        lock (_gate) return new LogCursor(this, after, _restarts);
    }

    public async Task<long> SafeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task looked;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
                _waiting++;
                _running ??= Task.Run(RunAsync, CancellationToken.None);
                looked = _looked.Task;
            }

            _committed.Set();
            try
            {
                await looked.WaitAsync(cancellation);
            }
            finally
            {
                lock (_gate) _waiting--;
            }

            // Nothing is proven as long as those have not ended who were met at the first look.
            lock (_gate)
            {
                if (_proven.Safe > 0 || _proven.End == 0) return _proven.Safe;
            }
        }
    }

    public Task PassedAsync(long position, CancellationToken cancellation) => ProvenAfterAsync(position, restarts: null, cancellation);

    /// <summary>The page after a position; waits until there is one.</summary>
    private async Task<LogPage> NextAsync(long after, int restarts, CancellationToken cancellation) =>
        await _pages.ReadAsync(after, await ProvenAfterAsync(after, restarts, cancellation), cancellation);

    /// <summary>Waits until more than this is proven, and returns what is.</summary>
    /// <exception cref="LogWentBackException">The log has gone back since this many restarts; never thrown when it is null.</exception>
    private async Task<long> ProvenAfterAsync(long after, int? restarts, CancellationToken cancellation)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
                if (restarts is not null && (restarts != _restarts || (_proven.End > 0 && _proven.End < after)))
                    throw new LogWentBackException(after, _proven.End);
                if (_proven.Safe > after) return _proven.Safe;
                moved = _moved.Task;
                _waiting++;
                _running ??= Task.Run(RunAsync, CancellationToken.None);
            }

            _committed.Set();
            try
            {
                await moved.WaitAsync(cancellation);
            }
            finally
            {
                lock (_gate) _waiting--;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            _stopping.Cancel();
            running = _running;
        }

        if (running is not null) await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _moved.TrySetException(new ObjectDisposedException(nameof(LogFollower)));
            _looked.TrySetCanceled();
        }

        _pages.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var lastMove = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (_waiting == 0)
                {
                    _running = null;
                    return;
                }
            }

            try
            {
                if (await LookAsync()) lastMove = _time.GetTimestamp();
                await Task.Delay(Gather, _time, _stopping.Token);
                // An open append is asked after more often: it ends in a moment, and nobody says so.
                if (_position.HeldUpBy is null || _watch.HeldUp is not null)
                    await _committed.WaitAsync(_position.HeldUpBy is not null || _time.GetElapsedTime(lastMove) < BusyFor ? Busy : Idle, _time, _stopping.Token);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                Failed(exception);
                await Task.Delay(AfterFailure, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>True when more is proven than before.</summary>
    private async Task<bool> LookAsync()
    {
        var (end, holders) = await FenceAsync();
        var before = _position.Safe;
        var wentBack = !_position.Observe(end, holders);
        if (wentBack)
        {
            LogWentBack(end);
            _pages.Forget();
            // Whoever waits is told; the next look begins anew.
            _position.Observe(end, holders);
        }

        await _watch.LookAsync(_position.HeldUpBy, _stopping.Token);
        var moved = wentBack || _position.Safe > before;
        lock (_gate)
        {
            (_proven, _unreachableSince) = ((_position.Safe, _position.End), null);
            _looked.TrySetResult();
            _looked = NewSignal();
            if (wentBack) _restarts++;
            if (!moved) return false;
            _moved.TrySetResult();
            _moved = NewSignal();
            return true;
        }
    }

    private async Task<(long End, List<LockedAppend> Holders)> FenceAsync()
    {
        await using var batch = _connections.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_statements.End));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_statements.Holders));
        await using var reader = await batch.ExecuteReaderAsync(_stopping.Token);
        await reader.ReadAsync(_stopping.Token);
        var end = reader.GetInt64(0);
        await reader.NextResultAsync(_stopping.Token);
        var holders = new List<LockedAppend>();
        while (await reader.ReadAsync(_stopping.Token)) holders.Add(new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt32(1)));
        return (end, holders);
    }

    private void Failed(Exception exception)
    {
        lock (_gate)
        {
            if (_unreachableSince is not null) return;
            _unreachableSince = _time.GetUtcNow();
        }

        LogFailed(exception);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log cannot be followed: PostgreSQL does not answer. It goes on by itself.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The events' sequence went back to {End}: was the database restored? What follows the log begins again at the position that is stored in the database.")]
    private partial void LogWentBack(long end);

    private sealed class LogCursor(LogFollower follower, long after, int restarts) : ILogCursor
    {
        public long Position { get; private set; } = after;

        public async Task<LogPage> NextAsync(CancellationToken cancellation)
        {
            var page = await follower.NextAsync(Position, restarts, cancellation);
            Position = page.End;
            return page;
        }
    }
}
