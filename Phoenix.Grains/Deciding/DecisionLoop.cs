using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Deciding;

/// <summary>
/// Decides commands one after another on tentative state, while what was decided before is being committed: at most one commit is on its
/// way, everything decided meanwhile goes with the next. Queries are answered at their place in the order, and their answers released
/// when all that they saw has committed, and so are failures. Runs in the activation's turns only, which never overlap, and under
/// nobody's context.
/// </summary>
/// <typeparam name="TState">What is decided on.</typeparam>
internal sealed partial class DecisionLoop<TState>(
    ICommandLog<TState, IEvent> log, IDecider<TState> decider, DecisionRecords records, IFollowings followings, RecentOutcomes recent,
    LoopLimits limits, DecisionWatch watch, TimeProvider time, ILogger logger) : IWorkOwner, IWatchedLoop
    where TState : class
{
    private readonly LinkedList<Work> _waiting = [];
    private readonly Dictionary<Guid, CommandWork> _active = [];
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

    // The user code that is running, for the watch: name and thread are written before the time and read after it.
    private string _codeName = "";
    private int _codeThread;
    private long _codeSince;

    /// <summary>Called after each commit, in the activation's turns.</summary>
    public Action? Committed { get; set; }

    /// <summary>Whether anything is under way. A glance from outside the activation's turns, right a moment ago.</summary>
    public bool IsBusy => Volatile.Read(ref _inFlight) > 0;

    string IWatchedLoop.StreamId => log.StreamId;

    (string Name, long Since, int Thread)? IWatchedLoop.Running =>
        Volatile.Read(ref _codeSince) is not 0 and var since ? (Volatile.Read(ref _codeName), since, _codeThread) : null;

    /// <summary>
    /// Queues a command; <see cref="Start"/> sets the loop going. The same id while the first is still on its way shares its outcome.
    /// </summary>
    /// <param name="work">The command.</param>
    /// <param name="admission">Bounds what waits; null for commands that are bounded where they come from.</param>
    /// <exception cref="BusyException">It was not admitted.</exception>
    public Task<Outcome> Enqueue(CommandWork work, Admission? admission = null)
    {
        if (recent.TryAnswer(work)) return work.Result;
        if (_active.TryGetValue(work.Id, out var first))
        {
            if (first.IsSameAs(work)) first.Share(work);
            else work.Fail(Outcomes.IdReused(work.Message.CommandId));
            return work.Result;
        }

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
        if (_running) return;
        using (CallerContext.None.Enter()) _ = RunAsync();
    }

    private async Task RunAsync()
    {
        _running = true;
        watch.Enter(this);
        while (_waiting.Count > 0)
        {
            if (!log.IsLoaded && !await LoadAsync()) continue;
            var work = _current = _waiting.First!.Value;
            _waiting.RemoveFirst();
            if (work.Delivery?.Fault is { } fault) work.Fail(fault);
            if (!work.IsFinished) await TakeAsync(work);
            _current = null;
            var isFull = _decided.IsFull(limits);
            if (_waiting.Count == 0 || isFull) Commit();
            if (isFull && _committing is { } committing) await committing;
        }

        watch.Leave(this);
        _running = false;
    }

    /// <summary>Notes that user code begins, or, without a name, has ended.</summary>
    private void Runs(string? name)
    {
        if (name is not null) (_codeThread, _codeName) = (Environment.CurrentManagedThreadId, name);
        Volatile.Write(ref _codeSince, name is null ? 0 : time.GetTimestamp());
    }

    private async Task TakeAsync(Work work)
    {
        try
        {
            if (work is CommandWork command) await DecideAsync(command);
            else await AnswerAsync((QueryWork)work);
        }
        catch (CommandFailedException failed) when (work is CommandWork { IsUnknown: false } command)
        {
            AskBeforeFailing(command, failed);
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
        finally
        {
            Runs(null);
        }
    }

    /// <summary>
    /// Waits for what is decided, then reads the latest state. False when that failed and everything waiting has its error.
    /// </summary>
    private async Task<bool> LoadAsync()
    {
        await CommittedAsync();
        if (_broken is not null && time.GetElapsedTime(_brokenSince) < limits.BrokenFor)
        {
            await AnswerBrokenAsync(_broken);
            return false;
        }

        try
        {
            await log.LoadAsync();
            watch.Broken.Mended(log.StreamId);
            _broken = null;
            return true;
        }
        catch (Exception exception)
        {
            if (exception is not LogBrokenException broken)
            {
                FailWaiting(exception);
                return false;
            }

            _broken = broken;
            _brokenSince = time.GetTimestamp();
            watch.Broken.Found(log.StreamId);
            LogBroken(broken, log.StreamId, limits.BrokenFor);
            await AnswerBrokenAsync(broken);
            return false;
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
        if (work.Refusal is { } refusal) throw refusal;
        if (work.Failure is { } failure && failure.Generation == generation) throw failure.Error;
        if (work.Alone) await CommittedAsync();
        if (generation != _generation) return;
        if (work.Message.Timer is { } timer) await CheckTimerAsync(work, timer);
        if (generation != _generation) return;
        var version = log.DecidedVersion;
        Runs(work.Message.Name);
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
        var record = records.Of(work, decision, version);
        var following = followings.Of(work, decision);
        _decided.Add(work, record, Advance(work, decision), following);
        _current = null;
        Runs(null);
        if (work.Alone) await CommittedAsync();
    }

    private IReadOnlyList<EventRow> Advance(CommandWork work, Decision decision)
    {
        try
        {
            return log.Advance(decision.Events, DecisionRecords.Metadata(work));
        }
        catch (Exception exception)
        {
            // An event that cannot be applied or written costs its command, and the state if it may have half changed it.
            throw records.Failed(work, exception is LogContentException unstorable
                ? $"raised an event that cannot be stored ({unstorable.Message})"
                : "raised an event that cannot be applied or stored", exception);
        }
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

        Runs(work.Name);
        var answer = decider.Answer(work, log.State, log.DecidedVersion);
        if (_decided.IsEmpty && _committing is null) work.Complete(answer);
        else _decided.Add(work, answer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The aggregate '{Stream}' is broken and parked for {BrokenFor}: its commands go to the dead letters until its events can be read.")]
    private partial void LogBroken(Exception exception, string stream, TimeSpan brokenFor);
}
