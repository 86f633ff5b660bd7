using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <content>
/// What the ledger knows is answered first (guarantee 1): before a possible repeat is decided, before a failure is told, and when nothing
/// can be decided.
/// </content>
internal sealed partial class DecisionLoop<TState>
{
    /// <summary>
    /// Asks the ledger once for all that wait and may be repeats. True when this one was known, or was put back meanwhile.
    /// </summary>
    private async Task<bool> AnswerKnownAsync(CommandWork work)
    {
        // What is decided must not wait for this look-up.
        Commit();
        var asking = _waiting.OfType<CommandWork>().Where(waiting => waiting.AskLedger).Take(limits.CommandsPerCommit).Prepend(work).ToList();
        var generation = _generation;
        Dictionary<Guid, CommandRecord> known;
        try
        {
            known = await KnownAsync(asking);
        }
        catch (Exception exception)
        {
            FailAll(asking, exception);
            return true;
        }

        foreach (var waiting in asking)
        {
            if (AnswerFrom(known, waiting) && (waiting != work || generation != _generation)) _waiting.Remove(waiting);
        }

        return known.ContainsKey(work.Id) || generation != _generation;
    }

    /// <summary>
    /// A command that was decided long ago may fail if it is decided once more. Whoever is told so sends it under another id, and it
    /// takes effect twice: the ledger is asked first.
    /// </summary>
    private void AskBeforeFailing(CommandWork work, CommandFailedException failed)
    {
        work.Failure = (failed, _generation);
        work.AskLedger = true;
        _waiting.AddFirst(work);
    }

    /// <summary>
    /// Nothing can be decided on a broken log. What was decided before is told, and what was not fails; as many as one question is for.
    /// </summary>
    private async Task AnswerBrokenAsync(LogBrokenException broken)
    {
        var asking = _waiting.Take(limits.CommandsPerCommit).ToList();
        var commands = asking.OfType<CommandWork>().ToList();
        Dictionary<Guid, CommandRecord> known = [];
        try
        {
            if (commands.Count > 0) known = await KnownAsync(commands);
        }
        catch (Exception exception)
        {
            FailAll(asking, exception);
            return;
        }

        var error = Errors.ForCaller(broken, log.StreamId, logger);
        foreach (var work in asking)
        {
            _waiting.Remove(work);
            if (work is not CommandWork command || !AnswerFrom(known, command)) work.Fail(error);
        }
    }

    private async Task<Dictionary<Guid, CommandRecord>> KnownAsync(List<CommandWork> asking) =>
        (await log.KnownAsync([.. asking.Select(work => work.Id)])).ToDictionary(record => record.Id);

    private static bool AnswerFrom(Dictionary<Guid, CommandRecord> known, CommandWork work)
    {
        work.AskLedger = false;
        work.IsUnknown = !known.TryGetValue(work.Id, out var record);
        if (record is null) return false;
        // The content of what this build does not know cannot be compared: the name has to do.
        var isSame = work.Refusal is not null && record.Name == work.Message.Name;
        Outcomes.Answer(work, isSame ? work.PayloadHash : record.PayloadHash, Outcomes.Of(record, repeated: true));
        return true;
    }

    /// <summary>
    /// Storage that did not answer one is not asked once more for each of the others, whose callers would wait for every time limit in
    /// turn.
    /// </summary>
    private void FailAll(IEnumerable<Work> asking, Exception exception)
    {
        var error = Errors.ForCaller(exception, log.StreamId, logger);
        foreach (var work in asking)
        {
            work.Fail(error);
            _waiting.Remove(work);
        }
    }
}
