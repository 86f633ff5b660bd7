using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>
/// Decides the commands of one aggregate one after another on tentative state, while what was decided before is being committed: at most one commit is
/// on its way, everything decided meanwhile goes with the next. Queries are answered at their place in the order, and their answers released when all
/// that they saw has committed, and so are failures. Runs in the activation's turns only, which never overlap.
/// </summary>
internal sealed partial class DecisionLoop<TAggregate>(
    ICommandLog<TAggregate, IEvent> log, Decider decider, AggregateOptions options, TimeProvider time, ILogger logger) : IWorkOwner
    where TAggregate : Aggregate
{
    private readonly LinkedList<Work> _waiting = [];
    private readonly Dictionary<Guid, CommandWork> _active = [];
    private readonly RecentOutcomes _recent = new(options.RecentOutcomes);
    private DecidedBatch _decided = new();
    private DecidedBatch? _spare;
    private Task? _committing;
    private int _inFlight;
    private bool _running;
    private Work? _current;

    // Raised whenever tentative state is thrown away; a handler that was waiting then has looked at state that never was.
    private int _generation;

    private LogBrokenException? _broken;
    private long _brokenSince;

    /// <summary>Whether anything is under way. A glance from outside the activation's turns, right a moment ago.</summary>
    public bool IsBusy => Volatile.Read(ref _inFlight) > 0;

    /// <summary>Queues a command; <see cref="Start"/> sets the loop going. The same id while the first is still on its way shares its outcome.</summary>
    /// <param name="work">The command.</param>
    /// <param name="admission">Bounds what waits; null for commands that are bounded where they come from.</param>
    /// <exception cref="BusyException">It was not admitted.</exception>
    public Task<Outcome> Enqueue(CommandWork work, Admission? admission = null)
    {
        if (_recent.TryAnswer(work)) return work.Result;
        if (_active.TryGetValue(work.Id, out var first)) return ShareAsync(work, first);
        Admit(work, admission);
        _active.Add(work.Id, work);
        return work.Result;
    }

    /// <inheritdoc cref="Enqueue(CommandWork, Admission)"/>
    public Task<QueryAnswer> Enqueue(QueryWork work, Admission? admission = null)
    {
        Admit(work, admission);
        return work.Result;
    }

    private void Admit(Work work, Admission? admission)
    {
        admission?.Enter(log.StreamId, _inFlight, work.Bytes);
        (work.Owner, work.Admission) = (this, admission);
        _inFlight++;
        _waiting.AddLast(work);
    }

    void IWorkOwner.Finished(Work work)
    {
        _inFlight--;
        if (work is CommandWork command) _active.Remove(command.Id);
        work.Admission?.Leave(work.Bytes);
    }

    /// <summary>Works until nothing waits.</summary>
    public void Start()
    {
        if (!_running) _ = RunAsync();
    }

    private static async Task<Outcome> ShareAsync(CommandWork work, CommandWork first)
    {
        if (!first.PayloadHash.AsSpan().SequenceEqual(work.PayloadHash)) throw Outcomes.IdReused(work.Message.CommandId);
        return await first.Result with { Repeated = true };
    }

    private async Task RunAsync()
    {
        _running = true;
        while (_waiting.Count > 0)
        {
            if (!log.IsLoaded && !await LoadAsync()) continue;
            var work = _current = _waiting.First!.Value;
            _waiting.RemoveFirst();
            if (work.IsFinished) continue;
            try
            {
                if (work is CommandWork command) await DecideAsync(command);
                else await AnswerAsync((QueryWork)work);
            }
            catch (CommandFailedException failed) when (!_decided.IsEmpty || _committing is not null)
            {
                // Met on state that has not committed: whether it stands is known when that has.
                _decided.Add(work, failed);
            }
            catch (Exception exception)
            {
                work.Fail(Errors.ForCaller(exception, log.StreamId, logger));
            }

            _current = null;
            if (_waiting.Count == 0 || _decided.CommandCount >= options.CommandsPerCommit) Commit();
            if (_decided.CommandCount >= options.CommandsPerCommit && _committing is { } committing) await committing;
        }

        _running = false;
    }

    /// <summary>Waits for what is decided, then reads the latest state. False when that failed and everything waiting has its error.</summary>
    private async Task<bool> LoadAsync()
    {
        await CommittedAsync();
        if (_broken is not null && time.GetElapsedTime(_brokenSince) < options.BrokenFor)
        {
            FailWaiting(_broken);
            return false;
        }

        try
        {
            await log.LoadAsync();
            _broken = null;
            return true;
        }
        catch (Exception exception)
        {
            if (exception is LogBrokenException broken)
            {
                _broken = broken;
                _brokenSince = time.GetTimestamp();
                LogBroken(broken, log.StreamId, options.BrokenFor);
            }

            FailWaiting(exception);
            return false;
        }
    }

    /// <summary>Storage that did not answer one is not asked once more for each of the others, whose callers would wait for every time limit in turn.</summary>
    private void FailAll(IEnumerable<Work> asking, Exception exception)
    {
        var error = Errors.ForCaller(exception, log.StreamId, logger);
        foreach (var work in asking)
        {
            work.Fail(error);
            _waiting.Remove(work);
        }
    }

    private void FailWaiting(Exception exception)
    {
        var error = Errors.ForCaller(exception, log.StreamId, logger);
        while (_waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            first.Value.Fail(error);
        }
    }

    private async Task DecideAsync(CommandWork work)
    {
        // Whoever throws the state away while this command waits puts the command back.
        var generation = _generation;
        if (work.AskLedger && await AnswerKnownAsync(work)) return;
        if (work.Alone) await CommittedAsync();
        if (generation != _generation) return;
        var version = log.DecidedVersion;
        Decision decision;
        try
        {
            decision = await decider.DecideAsync(work, log.State, version, time.GetUtcNow(), onWaiting: Commit);
        }
        catch when (generation != _generation)
        {
            return;
        }

        if (generation != _generation) return;
        var record = decider.Record(work, decision, version);
        _decided.Add(work, record, Advance(work, decision));
        _current = null;
        if (work.Alone) await CommittedAsync();
    }

    private IReadOnlyList<EventRow> Advance(CommandWork work, Decision decision)
    {
        try
        {
            return log.Advance(decision.Events, Decider.Metadata(work));
        }
        catch (Exception exception)
        {
            // An event that cannot be applied or written costs its command and the state it may have half changed; the log never sees it.
            log.Forget();
            throw decider.Failed(work, exception is LogContentException unstorable
                ? $"raised an event that cannot be stored ({unstorable.Message})"
                : "raised an event that cannot be applied or stored", exception);
        }
    }

    /// <summary>Asks the ledger once for all that wait and may be repeats. True when this one was known, or was put back meanwhile.</summary>
    private async Task<bool> AnswerKnownAsync(CommandWork work)
    {
        // What is decided must not wait for this look-up.
        Commit();
        var asking = _waiting.OfType<CommandWork>().Where(waiting => waiting.AskLedger).Take(options.CommandsPerCommit).Prepend(work).ToList();
        var generation = _generation;
        Dictionary<Guid, CommandRecord> known;
        try
        {
            known = (await log.KnownAsync([.. asking.Select(waiting => waiting.Id)])).ToDictionary(record => record.Id);
        }
        catch (Exception exception)
        {
            FailAll(asking, exception);
            return true;
        }

        foreach (var waiting in asking) waiting.AskLedger = false;
        foreach (var waiting in asking)
        {
            if (!known.TryGetValue(waiting.Id, out var record)) continue;
            Outcomes.Answer(waiting, record.PayloadHash, Outcomes.Of(record, repeated: true));
            if (waiting != work || generation != _generation) _waiting.Remove(waiting);
        }

        return known.ContainsKey(work.Id) || generation != _generation;
    }

    private async Task AnswerAsync(QueryWork work)
    {
        if (work.AskStorage)
        {
            var generation = _generation;
            await CommittedAsync();
            if (generation != _generation) return;
            // One look serves every query that was asked before it.
            var asking = _waiting.OfType<QueryWork>().Where(waiting => waiting.AskStorage).Prepend(work).ToList();
            long stored;
            try
            {
                stored = await log.StoredVersionAsync();
            }
            catch (Exception exception)
            {
                FailAll(asking, exception);
                return;
            }

            foreach (var waiting in asking) waiting.AskStorage = false;
            if (stored != log.CommittedVersion)
            {
                log.Forget();
                _waiting.AddFirst(work);
                return;
            }
        }

        var answer = decider.Answer(work, log.State, log.DecidedVersion);
        if (_decided.IsEmpty && _committing is null) work.Complete(answer);
        else _decided.Add(work, answer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The aggregate '{Stream}' is broken and parked for {BrokenFor}: its commands go to the dead letters until its events can be read.")]
    private partial void LogBroken(Exception exception, string stream, TimeSpan brokenFor);
}
