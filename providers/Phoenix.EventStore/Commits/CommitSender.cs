using Microsoft.Extensions.Logging;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Commits;

/// <summary>Sends a batch until the end of each of its commits is known, in parts where they cannot go together.</summary>
internal sealed partial class CommitSender(
    CommitAttempt attempts, SequenceGuard sequence, LockHolders holders, CommitSignal committed, EventStoreOptions options, StorageWatch watch, TimeProvider time,
    ILogger<CommitQueue> logger)
{
    private const int Races = 5;

    // When a batch last met a key, as a timestamp; 0 for never.
    private long _lastRace;

    private bool AsksLedger => Volatile.Read(ref _lastRace) is not 0 and var race && time.GetElapsedTime(race) < options.AskLedgerAfterRepeat;

    /// <summary>
    /// Tells every caller what became of its commit, but for those that stand behind a lock of somebody else's: these are added to
    /// <paramref name="held"/>.
    /// </summary>
    /// <param name="batch">What to commit; a stream at most once.</param>
    /// <param name="held">Where those are put that a lock keeps from being committed.</param>
    /// <param name="again">Whether they were sent before.</param>
    /// <param name="lockWait">How long a lock is waited for; null for as long as the session says.</param>
    /// <param name="cause">Why it is sent in parts.</param>
    public async Task SendAsync(
        IReadOnlyList<WaitingCommit> batch, List<WaitingCommit> held, bool again = false, TimeSpan? lockWait = null, AttemptFailedException? cause = null)
    {
        try
        {
            var results = await UntilKnownAsync(batch, again, lockWait, cause);
            committed.Set();
            List<WaitingCommit>? unexplained = null;
            for (var i = 0; i < results.Length; i++)
            {
                // Lost to whoever moved the stream, before or just then: what they wrote is learned under the lock.
                if (!again && results[i] is { Committed: false, Known.Count: 0 }) (unexplained ??= []).Add(batch[i]);
                else batch[i].Result.SetResult(results[i]);
            }

            if (unexplained is not null) await SendAsync(unexplained, held, again: true);
        }
        catch (ApartException apart) when (batch.Count > 1)
        {
            // What is wrong with one stream must not fail its neighbours. Its half is found, and halved again, without waiting for a lock
            // for long.
            var half = batch.Count / 2;
            await SendAsync([.. batch.Take(half)], held, again: true, options.ShortLockWait, apart.Cause);
            await SendAsync([.. batch.Skip(half)], held, again: true, options.ShortLockWait, apart.Cause);
        }
        catch (ApartException)
        {
            held.Add(batch[0]);
        }
        catch (Exception exception)
        {
            foreach (var waiting in batch) waiting.Result.TrySetException(exception);
        }
    }

    /// <summary>
    /// Sends the same batch until its end is known or the time is up, and all but the first time through the same locks (guarantee 4).
    /// </summary>
    private async Task<StreamResult[]> UntilKnownAsync(IReadOnlyList<WaitingCommit> batch, bool again, TimeSpan? lockWait, AttemptFailedException? cause)
    {
        var commits = batch.Select(waiting => waiting.Commit).ToList();
        // Time in the queue counts: in an outage many batches wait for the ones before them to give up.
        var started = batch.Min(waiting => waiting.Since);
        if (cause is not null && Remaining(started) <= TimeSpan.Zero) throw GivenUp(batch, 1, cause);
        for (var attempt = 1; ; attempt++)
        {
            var sentBefore = again || attempt > 1;
            try
            {
                if (sequence.IsBehind) await sequence.CheckAsync();
                return await watch.ObserveAsync(attempts.SendAsync(commits, lockFirst: sentBefore, askLedger: sentBefore || AsksLedger, lockWait));
            }
            catch (AttemptFailedException failed)
            {
                var remaining = Remaining(started);
                switch (failed.Failure)
                {
                    case AttemptFailure.Refused when batch.Count == 1:
                        throw new LogContentException(StorageTrouble.Of(failed), failed.InnerException);
                    case AttemptFailure.Refused:
                        throw new ApartException(failed);
                    case AttemptFailure.Held when remaining > TimeSpan.Zero:
                        holders.Name();
                        throw new ApartException(failed);
                    case AttemptFailure.Misnumbered:
                        sequence.FoundBehind();
                        break;
                    case AttemptFailure.Raced:
                        Volatile.Write(ref _lastRace, time.GetTimestamp());
                        // Whoever was met has committed, so the next attempt sees it. A key that is met again and again belongs to one
                        // damaged stream.
                        if (attempt <= (again && batch.Count > 1 ? 1 : Races)) continue;
                        if (batch.Count > 1) throw new ApartException(failed);
                        throw GivenUp(batch, attempt, failed);
                    case AttemptFailure.EndUnknown:
                        foreach (var waiting in batch) waiting.MayHaveCommitted = true;
                        break;
                }

                if (remaining <= TimeSpan.Zero || failed.Failure is AttemptFailure.Misfit or AttemptFailure.Misnumbered) throw GivenUp(batch, attempt, failed);
                LogRetry(batch.Count, attempt, failed.Failure, failed.Message);
                await Task.Delay(Pause(attempt, remaining), time);
            }
        }
    }

    private TimeSpan Remaining(long started) => options.CommitTimeLimit - time.GetElapsedTime(started);

    private static LogException GivenUp(IReadOnlyList<WaitingCommit> batch, int attempts, AttemptFailedException failed)
    {
        var reason = failed.Failure switch
        {
            AttemptFailure.Held => $"a lock that another session holds was not given in time; the log names the session.",
            AttemptFailure.Misnumbered => SequenceGuard.Complaint,
            _ => StorageTrouble.Of(failed),
        };
        var what = $"PostgreSQL could not complete a commit of {batch.Count} stream(s) in {attempts} attempt(s): {reason}";
        return batch.Any(waiting => waiting.MayHaveCommitted)
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

    /// <summary>A batch cannot be committed together, for what is probably the fault of one stream.</summary>
    private sealed class ApartException(AttemptFailedException cause) : Exception
    {
        public AttemptFailedException Cause { get; } = cause;
    }
}
