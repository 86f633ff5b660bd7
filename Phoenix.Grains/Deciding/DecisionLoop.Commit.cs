using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <content>How decided batches are committed, and what happens when they cannot be.</content>
internal sealed partial class DecisionLoop<TState>
{
    /// <summary>Sends what is decided on its way unless a commit is on its way already.</summary>
    private void Commit()
    {
        if (_committing is not null || _decided.IsEmpty) return;
        var committing = CommitAsync();
        if (!committing.IsCompleted) _committing = committing;
    }

    /// <summary>Waits until everything decided so far is committed or has failed.</summary>
    private async Task CommittedAsync()
    {
        Commit();
        if (_committing is { } committing) await committing;
    }

    private async Task CommitAsync()
    {
        while (!_decided.IsEmpty)
        {
            var batch = _decided;
            (_decided, _spare) = (_spare ?? new(), null);
            _sent = batch;
            if (!await TryCommitAsync(batch)) break;
            if (batch.Clear()) _spare = batch;
        }

        _committing = null;
        _sent = null;
        Start();
    }

    private async Task<bool> TryCommitAsync(DecidedBatch batch)
    {
        if (batch.HasCommands)
        {
            try
            {
                var result = await log.CommitAsync(batch.Records, batch.Events, batch.Due, batch.Tags);
                if (!result.Committed)
                {
                    DecideAgain(batch, result);
                    return false;
                }
            }
            catch (LogContentException exception)
            {
                Separate(batch, exception);
                return false;
            }
            catch (Exception exception)
            {
                Abandon(batch, exception);
                return false;
            }

            if (batch.Due is { } due) followings.Committed(due);
            foreach (var (work, record) in batch.Commands)
            {
                var outcome = Outcomes.Of(record, repeated: false);
                recent.Add(record, outcome);
                work.Complete(outcome);
            }

            Committed?.Invoke();
        }

        batch.Release();
        return true;
    }

    /// <summary>
    /// Storage was ahead, or knew some of the commands: those get their recorded outcome, the others are decided again on the latest
    /// state.
    /// </summary>
    private void DecideAgain(DecidedBatch batch, StreamResult result)
    {
        var known = result.Known.ToDictionary(record => record.Id);
        foreach (var (work, _) in batch.Commands)
        {
            if (known.TryGetValue(work.Id, out var record))
            {
                var outcome = Outcomes.Of(record, repeated: true);
                recent.Add(record, outcome);
                Outcomes.Answer(work, record.PayloadHash, outcome);
            }
            else if (known.Count == 0 && ++work.Conflicts >= limits.Attempts)
            {
                work.Fail(new UnavailableException(
                    $"'{log.StreamId}' was changed elsewhere {work.Conflicts} times while this command was being decided; it had no effect. Send it again with the same id."));
            }
        }

        LogDecideAgain(log.StreamId, log.CommittedVersion, result.StoredVersion, known.Count);
        PutBack(batch);
    }

    /// <summary>Storage refused the content of one of the commands: each is committed by itself, so that only that one fails.</summary>
    private void Separate(DecidedBatch batch, LogContentException exception)
    {
        foreach (var (work, _) in batch.Commands) work.Alone = true;
        PutBack(batch);
        if (batch.CommandCount > 1) return;
        var refused = batch.Commands[0].Work;
        refused.Failure = (records.Failed(refused, $"decided something that cannot be stored ({exception.Message})", exception), _generation);
        refused.AskLedger = true;
    }

    /// <summary>Storage failed: what was on its way gets that error, what was decided upon it had no effect.</summary>
    private void Abandon(DecidedBatch batch, Exception exception)
    {
        var error = Errors.ForCaller(exception, log.StreamId, logger);
        foreach (var work in batch.Works) work.Fail(error);
        // Without its cause: what a database driver attaches to its errors cannot be sent to every caller.
        var behind = error is OutcomeUnknownException
            ? new UnavailableException($"A commit before this command in '{log.StreamId}' has an unknown end; this command had no effect. Send it again with the same id.")
            : error;
        foreach (var work in _decided.Works) work.Fail(behind);
        _decided = new();
        ThrowStateAway();
        if (_current is not null) _waiting.AddFirst(_current);
    }

    /// <summary>
    /// Puts everything that was decided on state that never came to be back in its place, in order, before what still waits.
    /// </summary>
    private void PutBack(DecidedBatch batch)
    {
        var unfinished = batch.Works.Concat(_decided.Works).Append(_current).OfType<Work>().Where(work => !work.IsFinished).Reverse().ToList();
        _decided = new();
        foreach (var work in unfinished)
        {
            // Whoever changed the stream may have recorded it.
            if (work is CommandWork command) command.IsUnknown = false;
            _waiting.AddFirst(work);
        }

        ThrowStateAway();
    }

    private void ThrowStateAway()
    {
        _generation++;
        log.Forget();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "'{Stream}' decides again: at version {Expected}, storage at {Stored}, {Known} command(s) already recorded.")]
    private partial void LogDecideAgain(string stream, long expected, long stored, int known);
}
