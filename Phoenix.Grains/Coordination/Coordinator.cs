using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>
/// Runs one transaction: asks its run what to do, sends steps, stores facts before what follows from them, and tells those who wait for the
/// end. It holds nothing that is not stored or cannot be asked again, so it may die anywhere. Works in the activation's turns only.
/// </summary>
internal sealed partial class Coordinator(
    ITransactionLog log, SagaDefinitions definitions, StepSender steps, TransactionPlace place, EndReplies replies, TimeProvider time,
    ILogger logger, Action ended)
    : IAfterCommit
{
    // How long to wait when a fact could not be stored.
    private static readonly TimeSpan StoragePause = TimeSpan.FromMilliseconds(200);

    // How long to wait when an end could not be told over Kafka.
    private static readonly TimeSpan BrokerPause = TimeSpan.FromSeconds(1);

    private readonly HashSet<(string Step, StepPhase Phase, int Round, bool IsClose)> _underWay = [];
    private readonly Dictionary<(string Step, StepPhase Phase), int> _silences = [];
    private readonly List<TaskCompletionSource<TransactionStatus>> _waiting = [];
    private TaskCompletionSource _news = new();
    private SagaRun? _run;
    private TransactionStarted? _started;
    private TransactionNeedsAttention? _unknownPlan;
    private TransactionEnded? _end;
    private int _applied;
    private int _read;
    private bool _isRunning;
    private bool _isStopped;
    private bool _mayRepeat;

    public bool IsBusy => _isRunning;

    /// <summary>Its place among those under way.</summary>
    public TransactionPlace Place => place;

    /// <summary>Whether it is known here that it was started.</summary>
    public bool IsStarted => _started is not null;

    /// <summary>How it stands, as far as this activation knows.</summary>
    public TransactionStatus Status
    {
        get
        {
            if (_started is null) return new() { State = TransactionState.NotStarted };
            var end = _end ?? _run?.Ended;
            var attention = _unknownPlan ?? _run?.Attention;
            return new()
            {
                StartedAt = _started.At,
                State = (end, attention) switch
                {
                    ({ Completed: true }, _) => TransactionState.Completed,
                    ({ Completed: false }, _) => TransactionState.Compensated,
                    (_, not null) => TransactionState.NeedsAttention,
                    _ => _run?.StateOf(isSilent: _silences.Count > 0) ?? TransactionState.Running,
                },
                Code = end is null ? attention?.Code : end.Code,
                Message = end is null ? attention?.Message : end.Message,
                ReplyJson = end?.Reply,
                Steps = end?.Steps ?? _run?.Steps ?? [],
            };
        }
    }

    public SagaRun? Run => _run;

    public void Committed()
    {
        Signal();
        if (_isRunning || _isStopped) return;
        using (CallerContext.None.Enter()) _ = RunAsync();
    }

    public void Stop()
    {
        _isStopped = true;
        place.Stop();
        steps.Remote.Rest();
        Signal();
        Tell();
    }

    /// <summary>Waits for the end, or gives how it stands when the limit has passed.</summary>
    public async Task<TransactionStatus> WaitAsync(TimeSpan limit)
    {
        if (Status.IsEnded) return Status;
        var waiter = new TaskCompletionSource<TransactionStatus>();
        _waiting.Add(waiter);
        await ((Task)waiter.Task).WaitAsync(limit, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _waiting.Remove(waiter);
        return Status;
    }

    /// <summary>Stores a fact that somebody wants, if nothing else was stored since it was thought of.</summary>
    /// <returns>Whether it was stored.</returns>
    public Task<bool> KeepAsync(IEvent fact) => log.KeepAsync(fact, _applied);

    /// <summary>Lets the end be told there, too, if nothing was stored meanwhile.</summary>
    /// <returns>Whether that is stored, or was before.</returns>
    public async Task<bool> TellAtEndAsync(EndReply reply) =>
        replies.Knows(reply) || await log.KeepAsync(new TransactionReplyWanted(reply), log.Committed()?.Count ?? 0);

    /// <summary>Learns what is stored.</summary>
    public void CatchUp()
    {
        if (log.Committed() is not { } facts) return;
        if (_started is null && facts.Count > 0)
        {
            _started = (TransactionStarted)SagaState.Of(facts[0]);
            _mayRepeat = facts.Count > 1;
            if (_started.Reply is { } reply) replies.Add(reply);
        }

        for (; _read < facts.Count; _read++)
        {
            if (facts[_read].Name == TransactionReplyWanted.Name) replies.Add(((TransactionReplyWanted)SagaState.Of(facts[_read])).Reply);
        }

        if (_run is null && facts is [.., { Name: TransactionEnded.Name } last]) _end = (TransactionEnded)SagaState.Of(last);
        if (_started is null || (_run is null && (_end is not null || !TryBegin(_started)))) return;
        for (; _applied < facts.Count; _applied++) _run!.Apply(SagaState.Of(facts[_applied]));
        if (_run is { Unknown: { } unknown, Ended: null })
        {
            _run = null;
            CannotGoOn(unknown.Problem, unknown.Cause);
        }
        else _unknownPlan = null;
    }

    private bool TryBegin(TransactionStarted started)
    {
        var (plan, problem, cause) = definitions.PlanOf(started);
        if (plan is null)
        {
            CannotGoOn(problem!, cause);
            return false;
        }

        (_run, _applied) = (new(plan, log.StreamId, started.At), 0);
        return true;
    }

    private void CannotGoOn(TransactionNeedsAttention problem, Exception? cause)
    {
        if (_unknownPlan != problem) LogUnknownPlan(cause, log.StreamId, problem.Message);
        _unknownPlan = problem;
    }

    /// <summary>The transaction may have been under way before this activation: what it sends may be known.</summary>
    public void TakenUp() => _mayRepeat = true;

    private async Task RunAsync()
    {
        _isRunning = true;
        place.Running();
        try
        {
            while (!_isStopped && await TurnAsync()) { }
        }
        catch (Exception exception)
        {
            // Nothing is lost: whoever calls next, the sweeper at the latest, takes it up.
            LogStopped(exception, log.StreamId);
        }

        _isRunning = false;
        steps.Remote.Rest();
        place.Over();
    }

    /// <summary>Does what is to be done now. False when nothing more will be without news.</summary>
    private async Task<bool> TurnAsync()
    {
        _news = new();
        CatchUp();
        if (_run is not { Ended: null })
        {
            if ((_run?.Ended ?? _end) is not null) Finish();
            return false;
        }

        var wanted = _run.Next(time.GetUtcNow());
        if (wanted.Cause is { } cause) LogDefinitionFailed(cause, log.StreamId);
        if (wanted.Store is { } fact) return await StoreAsync(fact, _applied);
        if (wanted.End is { } end)
        {
            // A wish to be told that is stored meanwhile moves the version on. Then the end is not stored, and the next turn tells it there
            // as well.
            var version = _applied;
            _end = end;
            Tell();
            if (await replies.TellAsync(Status)) return await StoreAsync(end, version);
            await Task.Delay(BrokerPause, time);
            return true;
        }

        if (_run.Attention is { } attention)
        {
            LogNeedsAttention(log.StreamId, attention.Step, attention.Code, attention.Message);
            Tell();
            return false;
        }

        foreach (var call in wanted.Calls.Where(call => _underWay.Add(Key(call)))) _ = CallAsync(call);
        await NewsAsync(wanted.AskAgain);
        return true;
    }

    private async Task<bool> StoreAsync(IEvent fact, int version)
    {
        try
        {
            await log.KeepAsync(fact, version);
        }
        catch (CommandException exception)
        {
            LogNotStored(exception, log.StreamId);
            await Task.Delay(StoragePause, time);
        }

        return true;
    }

    private async Task CallAsync(StepCall call)
    {
        var answer = await steps.SendAsync(call, _mayRepeat || _silences.ContainsKey((call.Step, call.Phase)));
        _underWay.Remove(Key(call));
        if (answer is not null)
        {
            _silences.Remove((call.Step, call.Phase));
            _run?.Learn(call, answer, time.GetUtcNow());
        }
        else
        {
            var silences = _silences[(call.Step, call.Phase)] = _silences.GetValueOrDefault((call.Step, call.Phase)) + 1;
            _run?.LearnSilence(call, silences, time.GetUtcNow());
        }

        Signal();
    }

    /// <summary>
    /// An answer of another service. What is recorded there is true whoever asked; a faulty one counts only where it was waited for.
    /// </summary>
    public void Take(StepReference step, StepAnswer answer)
    {
        if (steps.Remote.Take(step, answer) || answer is StepAnswer.Failed) return;
        _silences.Remove((step.Name, step.Phase));
        _run?.Learn(step.Name, step.Phase, step.Round, answer, time.GetUtcNow());
        Signal();
    }

    private async Task NewsAsync(DateTimeOffset? atTheLatest)
    {
        if (atTheLatest is not { } until)
        {
            await _news.Task;
            return;
        }

        var wait = until - time.GetUtcNow();
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(_news.Task, Task.Delay(wait > BackOff.Floor ? wait : BackOff.Floor, time, enough.Token));
        await enough.CancelAsync();
    }

    private void Finish()
    {
        Tell();
        ended();
    }

    private void Tell()
    {
        // One that is told goes on at once and takes itself off the list.
        foreach (var waiter in _waiting.ToArray()) waiter.TrySetResult(Status);
    }

    private void Signal() => _news.TrySetResult();

    private static (string, StepPhase, int, bool) Key(StepCall call) => (call.Step, call.Phase, call.Round, call.IsClose);

    [LoggerMessage(Level = LogLevel.Error, Message = "The transaction '{Stream}' needs attention at step '{Step}': {Code}: {Text}")]
    private partial void LogNeedsAttention(string stream, string? step, string code, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "The transaction '{Stream}' cannot go on: {Text}")]
    private partial void LogUnknownPlan(Exception? cause, string stream, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "A function of the definition of '{Stream}' failed.")]
    private partial void LogDefinitionFailed(Exception cause, string stream);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A fact of the transaction '{Stream}' could not be stored; it is tried again.")]
    private partial void LogNotStored(Exception exception, string stream);

    [LoggerMessage(Level = LogLevel.Error, Message = "The coordinator of the transaction '{Stream}' stopped; the sweeper takes it up again.")]
    private partial void LogStopped(Exception exception, string stream);
}

/// <summary>The log of one transaction, as its coordinator sees it.</summary>
internal interface ITransactionLog
{
    string StreamId { get; }

    /// <summary>The committed facts; null while they are not known.</summary>
    IReadOnlyList<StoredFact>? Committed();

    /// <summary>Stores a fact if the transaction is still at this version; else nothing.</summary>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="CommandException">Storage failed.</exception>
    Task<bool> KeepAsync(IEvent fact, long version);
}
