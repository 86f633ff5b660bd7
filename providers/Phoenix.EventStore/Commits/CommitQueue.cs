using Microsoft.Extensions.Logging;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// Gathers the commits of all aggregates of a silo. A flush takes all that is waiting and sends it as one transaction; each caller gets its
/// own stream's result. With none under way it begins without delay; one beside another begins when it carries much, or when that other may
/// be stuck.
/// </summary>
internal sealed class CommitQueue : IAsyncDisposable
{
    // A flush that takes longer than this may be stuck, and nobody waits behind it for that.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();

    // Guarded by the gate. First come, first served.
    private readonly Queue<WaitingCommit> _waiting = new();
    private int _flushing;
    private bool _closed;
    private TaskCompletionSource? _done;

    private readonly CommitSender _sender;
    private readonly HeldStreams _held;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _patience;

    public CommitQueue(EventStoreConnections connections, TableNames names, EventStoreOptions options, StorageWatch watch, TimeProvider time, ILogger<CommitQueue> logger)
    {
        Sequence = new(connections.Reads, names, watch, logger);
        _sender = new(
            new CommitAttempt(connections.Commits, new CommitStatements(names), options.AttemptTimeLimit), Sequence,
            new LockHolders(connections.Reads, names, options, time, logger), Committed, options, watch, time, logger);
        _held = new(_sender, options, time);
        _options = options;
        _time = time;
        _patience = time.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether commits can be numbered.</summary>
    public SequenceGuard Sequence { get; }

    /// <summary>Says when something was committed.</summary>
    public CommitSignal Committed { get; } = new();

    /// <summary>Commits, or says what was in the way.</summary>
    /// <exception cref="LogUnavailableException">Storage cannot be reached; nothing was committed.</exception>
    /// <exception cref="LogOutcomeUnknownException">The end of the commit could not be learned.</exception>
    /// <exception cref="LogContentException">Storage refuses the content.</exception>
    public Task<StreamResult> CommitAsync(StreamCommit commit)
    {
        var waiting = new WaitingCommit(commit, _time.GetTimestamp());
        lock (_gate)
        {
            if (_closed) return Task.FromException<StreamResult>(new LogUnavailableException("This silo is shutting down; nothing was committed. Send the command again."));
            if (_held.TryTake(waiting)) return waiting.Result.Task;
            _waiting.Enqueue(waiting);
            if (MayFlush) StartLocked();
            // Those behind it go with it.
            else if (_waiting.Count == 1) WatchLocked();
        }

        return waiting.Result.Task;
    }

    /// <summary>How long the next commit to be sent has been waiting; null when none waits.</summary>
    public TimeSpan? OldestWaiting
    {
        get
        {
            lock (_gate) return _waiting.TryPeek(out var next) ? _time.GetElapsedTime(next.Since) : null;
        }
    }

    /// <summary>How many commits wait to be sent, and how many flushes are on their way.</summary>
    public (int Waiting, int Flushing) Load
    {
        get
        {
            lock (_gate) return (_waiting.Count, _flushing);
        }
    }

    /// <summary>Takes no more commits and waits until those taken are done.</summary>
    public async ValueTask DisposeAsync()
    {
        Task done;
        lock (_gate)
        {
            _closed = true;
            _done ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_flushing == 0) _done.TrySetResult();
            done = _done.Task;
        }

        await done;
        await _held.DrainAsync();
        await _patience.DisposeAsync();
    }

    // A flush costs half a millisecond of processor time before its first stream, so one beside another waits until it carries much. The
    // first never waits.
    private bool MayFlush => _waiting.TryPeek(out var next) && (_flushing == 0
        || (_flushing < _options.Flushes && (_waiting.Count >= _options.StreamsPerFlush / 2 || _time.GetElapsedTime(next.Since) >= Patience)));

    private void LookAgain()
    {
        lock (_gate)
        {
            if (MayFlush) StartLocked();
            else WatchLocked();
        }
    }

    private void StartLocked()
    {
        _flushing++;
        // The flush belongs to the process, not to the activation that asks for it.
        _ = Task.Run(FlushAsync);
    }

    // Nothing to watch when every flush is under way: the first that ends takes what waits, or watches it.
    private void WatchLocked()
    {
        if (_waiting.Count > 0 && _flushing < _options.Flushes) _patience.Change(Patience, Timeout.InfiniteTimeSpan);
    }

    private async Task FlushAsync()
    {
        var batch = new List<WaitingCommit>();
        var streams = new HashSet<string>(StringComparer.Ordinal);
        var held = new List<WaitingCommit>();
        while (Take(batch, streams))
        {
            if (batch.Count > 0) await _sender.SendAsync(batch, held);
            if (held.Count > 0) _held.Take(held);
            held.Clear();
            batch.Clear();
            streams.Clear();
        }
    }

    /// <summary>What the next flush carries; a stream at most once. False: this flush is over.</summary>
    private bool Take(List<WaitingCommit> batch, HashSet<string> streams)
    {
        lock (_gate)
        {
            _flushing--;
            if (!MayFlush)
            {
                if (_flushing == 0) _done?.TrySetResult();
                WatchLocked();
                return false;
            }

            _flushing++;
            var bytes = 0L;
            while (batch.Count < _options.StreamsPerFlush && _waiting.TryPeek(out var next))
            {
                if (_time.GetElapsedTime(next.Since) >= _options.CommitTimeLimit) next.Result.SetException(NotSent());
                else if ((bytes += next.Bytes) > _options.BytesPerFlush && batch.Count > 0) break;
                else if (streams.Add(next.Commit.StreamId)) batch.Add(next);
                else break;
                _waiting.Dequeue();
            }

            // What it leaves, such as a second commit of a stream, does not wait for it either.
            WatchLocked();
            return true;
        }
    }

    private LogUnavailableException NotSent() =>
        new($"This commit waited {_options.CommitTimeLimit.TotalSeconds:0.#} s behind others without being sent; nothing was committed. Send the command again.");
}
