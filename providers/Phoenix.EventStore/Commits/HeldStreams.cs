namespace Phoenix.EventStore.Commits;

/// <summary>
/// The commits of streams that somebody else has locked: each is tried alone, for a moment at a time, until it is through or its time is
/// up. So no flush waits for that lock a second time, whatever comes for the same stream meanwhile. Thread-safe.
/// </summary>
internal sealed class HeldStreams(CommitSender sender, EventStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();

    // Guarded by the gate: what waits here, and until when a stream is taken to be locked.
    private readonly List<WaitingCommit> _waiting = [];
    private readonly Dictionary<string, long> _locked = new(StringComparer.Ordinal);
    private volatile bool _anyLocked;
    private Task _running = Task.CompletedTask;

    /// <summary>Takes a commit of a stream that was found locked a short while ago; false for any other.</summary>
    public bool TryTake(WaitingCommit waiting)
    {
        if (!_anyLocked) return false;
        lock (_gate)
        {
            if (!_locked.TryGetValue(waiting.Commit.StreamId, out var until) || until < time.GetTimestamp()) return false;
            _waiting.Add(waiting);
            RunLocked();
            return true;
        }
    }

    /// <summary>Takes commits that were found to stand behind a lock.</summary>
    public void Take(IEnumerable<WaitingCommit> held)
    {
        lock (_gate)
        {
            foreach (var waiting in held)
            {
                _waiting.Add(waiting);
                NoteLocked(waiting);
            }

            RunLocked();
        }
    }

    /// <summary>Ends when nothing waits here any more.</summary>
    public Task DrainAsync()
    {
        lock (_gate) return _running;
    }

    private void RunLocked()
    {
        if (_waiting.Count > 0 && _running.IsCompleted) _running = Task.Run(RunAsync);
    }

    private void NoteLocked(WaitingCommit waiting)
    {
        _locked[waiting.Commit.StreamId] = time.GetTimestamp() + (long)(options.CommitTimeLimit.TotalSeconds * time.TimestampFrequency);
        _anyLocked = true;
    }

    private async Task RunAsync()
    {
        var still = new List<WaitingCommit>();
        while (Next() is { } round)
        {
            // The lock wait is shared by all, or the last would have to wait for all before it.
            var wait = TimeSpan.FromMilliseconds(Math.Max(1, options.ShortLockWait.TotalMilliseconds / round.Length));
            var ended = 0;
            foreach (var waiting in round)
            {
                await sender.SendAsync([waiting], still, again: true, wait);
                if (still.Count == 0) ended++;
                Ended(waiting, held: still.Count > 0);
                still.Clear();
            }

            if (ended == 0) await Task.Delay(Pause, time);
        }
    }

    private WaitingCommit[]? Next()
    {
        lock (_gate)
        {
            if (_waiting.Count > 0) return [.. _waiting];
            foreach (var (stream, _) in _locked.Where(one => one.Value < time.GetTimestamp()).ToList()) _locked.Remove(stream);
            _anyLocked = _locked.Count > 0;
            // Under the lock, so that whoever comes now starts another.
            _running = Task.CompletedTask;
            return null;
        }
    }

    private void Ended(WaitingCommit waiting, bool held)
    {
        lock (_gate)
        {
            if (held)
            {
                NoteLocked(waiting);
                return;
            }

            _waiting.Remove(waiting);
            if (waiting.Result.Task.IsCompletedSuccessfully) _locked.Remove(waiting.Commit.StreamId);
        }
    }
}
