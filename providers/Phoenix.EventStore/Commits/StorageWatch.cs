using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Commits;

/// <summary>Notes how attempts and probes end. Thread-safe.</summary>
internal sealed class StorageWatch(TimeProvider time)
{
    /// <summary>
    /// How long a commit that was rolled back is held against storage although probes succeed: a full disk refuses commits only, and when
    /// none come any more nothing else would ever end the complaint.
    /// </summary>
    private static readonly TimeSpan Resentment = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<Attempt> _underWay = [];
    private (DateTimeOffset Since, string Reason, bool Connection, long Last)? _trouble;
    private (DateTimeOffset Since, string Reason)? _stop;
    private long _lastEnd = time.GetTimestamp();
    private long _lastSuccess = time.GetTimestamp();

    /// <summary>Whether no attempt is under way and none succeeded within this time: only then is a probe worth its round trip.</summary>
    public bool IsSilent(TimeSpan within)
    {
        lock (_gate) return _underWay.Count == 0 && time.GetElapsedTime(_lastSuccess) >= within;
    }

    public (DateTimeOffset Since, string Reason)? Trouble
    {
        get
        {
            lock (_gate) return _stop ?? (_trouble is { } trouble ? (trouble.Since, trouble.Reason) : null);
        }
    }

    /// <summary>How long nothing came to an end although there was work.</summary>
    /// <param name="oldestWaiting">How long the oldest commit has been waiting that was not sent.</param>
    public TimeSpan? WithoutProgress(TimeSpan? oldestWaiting)
    {
        lock (_gate)
        {
            var sinceEnd = time.GetElapsedTime(_lastEnd);
            TimeSpan? queued = oldestWaiting is { } waiting ? (waiting < sinceEnd ? waiting : sinceEnd) : null;
            // Each on its own: one flush may be stuck while the others work.
            TimeSpan? sent = _underWay.Count > 0 ? _underWay.Max(attempt => time.GetElapsedTime(attempt.Began)) : null;
            return queued > sent || sent is null ? queued : sent;
        }
    }

    /// <summary>Watches an attempt to commit.</summary>
    public async Task<StreamResult[]> ObserveAsync(Task<StreamResult[]> attempt)
    {
        var began = new Attempt(time.GetTimestamp());
        lock (_gate) _underWay.Add(began);
        try
        {
            var results = await attempt;
            Ended(began, null);
            return results;
        }
        catch (AttemptFailedException failed)
        {
            Ended(began, failed);
            throw;
        }
        catch
        {
            // Nothing of storage's.
            lock (_gate) _underWay.Remove(began);
            throw;
        }
    }

    public void Probed(Exception? failure)
    {
        lock (_gate)
        {
            if (failure is not null) Raise(StorageTrouble.Of(failure), connection: true);
            else if (_trouble is { } trouble && (trouble.Connection || time.GetElapsedTime(trouble.Last) >= Resentment)) _trouble = null;
        }
    }

    /// <summary>Nothing is committed, whatever probes say, until <see cref="Resumed"/>.</summary>
    public void Stopped(string reason)
    {
        lock (_gate) _stop ??= (time.GetUtcNow(), reason);
    }

    public void Resumed()
    {
        lock (_gate) _stop = null;
    }

    private void Ended(Attempt attempt, AttemptFailedException? failed)
    {
        lock (_gate)
        {
            _underWay.Remove(attempt);
            _lastEnd = time.GetTimestamp();
            switch (failed?.Failure)
            {
                // A race or bad content is an answer of a database that works, and so is a wait for a row that somebody holds.
                case null or AttemptFailure.Raced or AttemptFailure.Refused or AttemptFailure.Misnumbered:
                case AttemptFailure.Held when StorageTrouble.IsOfOneRow(failed.InnerException):
                    (_trouble, _lastSuccess) = (null, _lastEnd);
                    break;
                case AttemptFailure.Held when time.GetElapsedTime(_lastSuccess) < time.GetElapsedTime(attempt.Began):
                    break;
                default:
                    Raise(StorageTrouble.Of(failed.InnerException ?? failed), failed.Failure is AttemptFailure.NothingSent or AttemptFailure.EndUnknown);
                    break;
            }
        }
    }

    private void Raise(string reason, bool connection) => _trouble = (_trouble?.Since ?? time.GetUtcNow(), reason, connection, time.GetTimestamp());

    private sealed class Attempt(long began)
    {
        public long Began { get; } = began;
    }
}
