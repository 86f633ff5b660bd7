using Microsoft.Extensions.Logging;
using Phoenix.EventStore.Health;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// Gathers the commits of all aggregates of a silo. A flush takes all that is waiting and sends it as one transaction; each caller gets its own stream's
/// result. With none under way it begins without delay; one beside another begins when it carries much, or when that other may be stuck.
/// </summary>
internal sealed partial class CommitQueue : IAsyncDisposable
{
    private const int RacesTogether = 5;

    // A flush that takes longer than this may be stuck, and nobody waits behind it for that.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();

    // Guarded by the gate. First come, first served.
    private readonly Queue<Waiting> _waiting = new();
    private int _flushing;
    private bool _closed;
    private TaskCompletionSource? _done;

    private readonly CommitAttempt _attempt;
    private readonly EventStoreOptions _options;
    private readonly StorageWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger<CommitQueue> _logger;
    private readonly ITimer _patience;

    // When a batch last met a key, as a timestamp; 0 for never.
    private long _lastRace;

    public CommitQueue(EventStoreConnections connections, TableNames names, EventStoreOptions options, StorageWatch watch, TimeProvider time, ILogger<CommitQueue> logger)
    {
        _attempt = new CommitAttempt(connections.Commits, new CommitStatements(names), options.AttemptTimeLimit);
        _options = options;
        _watch = watch;
        _time = time;
        _logger = logger;
        _patience = time.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Commits, or says what was in the way.</summary>
    /// <exception cref="LogUnavailableException">Storage cannot be reached; nothing was committed.</exception>
    /// <exception cref="LogOutcomeUnknownException">The end of the commit could not be learned.</exception>
    /// <exception cref="LogContentException">Storage refuses the content.</exception>
    public Task<StreamResult> CommitAsync(StreamCommit commit)
    {
        var waiting = new Waiting(commit, _time.GetTimestamp());
        lock (_gate)
        {
            if (_closed) return Task.FromException<StreamResult>(new LogUnavailableException("This silo is shutting down; nothing was committed. Send the command again."));
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
        await _patience.DisposeAsync();
    }

    // A flush costs half a millisecond of processor time before its first stream, so one beside another waits until it carries much. The first never waits.
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
        var batch = new List<Waiting>();
        var streams = new HashSet<string>(StringComparer.Ordinal);
        while (Take(batch, streams))
        {
            if (batch.Count > 0) await CommitAsync(batch);
            batch.Clear();
            streams.Clear();
        }
    }

    /// <summary>What the next flush carries; a stream at most once. False: this flush is over.</summary>
    private bool Take(List<Waiting> batch, HashSet<string> streams)
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
            while (batch.Count < _options.StreamsPerFlush && _waiting.TryPeek(out var next))
            {
                if (_time.GetElapsedTime(next.Since) >= _options.CommitTimeLimit) next.Result.SetException(NotSent());
                else if (streams.Add(next.Commit.StreamId)) batch.Add(next);
                else break;
                _waiting.Dequeue();
            }

            // What it leaves, such as a second commit of a stream, does not wait for it either.
            WatchLocked();
            return true;
        }
    }

    private async Task CommitAsync(IReadOnlyList<Waiting> batch, bool again = false, bool mayHaveCommitted = false)
    {
        try
        {
            var results = await UntilKnownAsync(batch, again, mayHaveCommitted);
            List<Waiting>? unexplained = null;
            for (var i = 0; i < results.Length; i++)
            {
                // Lost to whoever moved the stream, before or just then: what they wrote is learned under the lock.
                if (!again && results[i] is { Committed: false, Known.Count: 0 }) (unexplained ??= []).Add(batch[i]);
                else batch[i].Result.SetResult(results[i]);
            }

            if (unexplained is not null) await CommitAsync(unexplained, again: true, mayHaveCommitted);
        }
        catch (TogetherRefusedException refused)
        {
            // What is wrong with one stream must not fail its neighbours.
            foreach (var alone in batch) await CommitAsync([alone], again: true, refused.MayHaveCommitted);
        }
        catch (Exception exception)
        {
            foreach (var waiting in batch) waiting.Result.TrySetException(exception);
        }
    }

    /// <summary>Sends the same batch until its end is known or the time is up, and all but the first time through the same locks (guarantee 4).</summary>
    private async Task<StreamResult[]> UntilKnownAsync(IReadOnlyList<Waiting> batch, bool again, bool mayHaveCommitted)
    {
        var commits = batch.Select(waiting => waiting.Commit).ToList();
        // Time in the queue counts: in an outage many batches wait for the ones before them to give up.
        var started = batch.Min(waiting => waiting.Since);
        for (var attempt = 1; ; attempt++)
        {
            var sentBefore = again || attempt > 1;
            try
            {
                return await _watch.ObserveAsync(_attempt.SendAsync(commits, lockFirst: sentBefore, askLedger: sentBefore || AsksLedger));
            }
            catch (AttemptFailedException failed)
            {
                mayHaveCommitted |= failed.Failure == AttemptFailure.EndUnknown;
                if (failed.Failure == AttemptFailure.Refused)
                {
                    if (batch.Count > 1) throw new TogetherRefusedException(mayHaveCommitted);
                    throw new LogContentException($"PostgreSQL refuses the content: {failed.Message}", failed.InnerException);
                }

                if (failed.Failure == AttemptFailure.Raced) Volatile.Write(ref _lastRace, _time.GetTimestamp());
                // Whoever was met has committed, so the next attempt sees it. A key that is met again and again belongs to one damaged stream.
                if (failed.Failure == AttemptFailure.Raced && attempt <= RacesTogether) continue;
                if (failed.Failure == AttemptFailure.Raced && batch.Count > 1) throw new TogetherRefusedException(mayHaveCommitted);
                var remaining = _options.CommitTimeLimit - _time.GetElapsedTime(started);
                if (remaining <= TimeSpan.Zero || failed.Failure == AttemptFailure.Misfit) throw GivenUp(commits, mayHaveCommitted, attempt, failed);
                LogRetry(batch.Count, attempt, failed.Failure, failed.Message);
                await Task.Delay(Pause(attempt, remaining), _time);
            }
        }
    }

    private bool AsksLedger => Volatile.Read(ref _lastRace) is not 0 and var race && _time.GetElapsedTime(race) < _options.AskLedgerAfterRepeat;

    private LogUnavailableException NotSent() =>
        new($"This commit waited {_options.CommitTimeLimit.TotalSeconds:0.#} s behind others without being sent; nothing was committed. Send the command again.");

    private static LogException GivenUp(List<StreamCommit> batch, bool mayHaveCommitted, int attempts, AttemptFailedException failed)
    {
        var what = $"PostgreSQL could not complete a commit of {batch.Count} stream(s) in {attempts} attempt(s): {failed.Message}";
        return mayHaveCommitted
            ? new LogOutcomeUnknownException($"{what} Whether it committed could not be learned. Send the same command ids again to learn their outcome.", failed.InnerException)
            : new LogUnavailableException($"{what} Nothing was committed. Send the commands again.", failed.InnerException);
    }

    private static TimeSpan Pause(int attempt, TimeSpan remaining)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(500, 10 * Math.Pow(2, attempt)) * (0.5 + Random.Shared.NextDouble()));
        return pause < remaining ? pause : remaining;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commit of {Streams} stream(s), attempt {Attempt}: {Failure} ({Reason}); sending the same batch again.")]
    private partial void LogRetry(int streams, int attempt, AttemptFailure failure, string reason);

    /// <summary>A batch of several streams cannot be committed for what is probably the fault of one.</summary>
    private sealed class TogetherRefusedException(bool mayHaveCommitted) : Exception
    {
        public bool MayHaveCommitted { get; } = mayHaveCommitted;
    }

    private sealed class Waiting(StreamCommit commit, long since)
    {
        public long Since { get; } = since;
        public StreamCommit Commit { get; } = commit;
        public TaskCompletionSource<StreamResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
