using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// A running saga, without infrastructure: it is told what was stored (<see cref="Apply"/>) and what aggregates answered
/// (<c>Learn</c>), and says what to do next (<see cref="Next"/>). It may be asked at any time and as often as one likes. Two rules
/// keep it right whoever runs it, and however often: what follows from recorded answers alone is acted on at once; what follows from a
/// time, a count or a person is stored first. And it turns back only after a step is recorded as rejected or closed; so once every step was
/// accepted, nobody can turn it back, and what was tried can be confirmed.
/// </summary>
internal sealed class SagaRun
{
    private readonly DateTimeOffset _startedAt;
    private readonly Course _course;
    private readonly StepCalls _calls;

    /// <param name="plan">The plan.</param>
    /// <param name="transaction">The transaction's stream id.</param>
    /// <param name="startedAt">When it started.</param>
    public SagaRun(Plan plan, string transaction, DateTimeOffset startedAt)
    {
        _startedAt = startedAt;
        _course = plan.Script is { } script ? new DynamicCourse(plan, script) : new DeclaredCourse(plan);
        _calls = new(transaction, _course);
    }

    /// <summary>Why this build cannot go on with what is stored, and what for the log; null when it can.</summary>
    public (TransactionNeedsAttention Problem, Exception? Cause)? Unknown => _course.Unknown;

    public TransactionNeedsAttention? Attention { get; private set; }
    public TransactionEnded? Ended { get; private set; }

    /// <summary>Going back.</summary>
    public bool IsTurningBack => _course.IsTurningBack;

    /// <summary>There is no way back, and something that was tried is not confirmed yet.</summary>
    public bool IsConfirming => _course.IsCertain && Unconfirmed.Any();

    public IReadOnlyList<StepSummary> Steps => [.. _course.Stages.SelectMany(stage => stage).Select(step => step.Summary)];

    public bool IsPastPivot => _course.IsPastPivot;

    /// <summary>Something was answered, but not well, and is asked again.</summary>
    public bool IsRetrying => _course.Steps.Values.Any(step => step.IsRetrying);

    /// <summary>Its state, for people.</summary>
    /// <param name="isSilent">Whether something that was asked has not answered.</param>
    public TransactionState StateOf(bool isSilent) => (Ended, Attention ?? Unknown?.Problem) switch
    {
        ({ Completed: true }, _) => TransactionState.Completed,
        ({ Completed: false }, _) => TransactionState.Compensated,
        (_, not null) => TransactionState.NeedsAttention,
        _ when IsTurningBack => TransactionState.Compensating,
        _ when IsConfirming => TransactionState.Confirming,
        _ when isSilent || IsRetrying => TransactionState.Retrying,
        _ => TransactionState.Running,
    };

    private IEnumerable<StepRun> Unconfirmed =>
        _course.Steps.Values.Where(step => step is { Step.IsTry: true, IsAccepted: true, Confirming.IsOver: false });

    /// <summary>Why an operator may not go on without a step, its confirmation, or taking it back; null when that is right.</summary>
    /// <remarks>
    /// Only what is stored as needing attention can be skipped, which every coordinator knows. A step itself needs attention after the
    /// pivot only: before it, a coordinator that does not know of the skip would see the step closed and turn back.
    /// </remarks>
    public string? WhyNotSkip(string name, StepPhase phase)
    {
        if (!_course.Steps.ContainsKey(name))
            return $"it has no step '{name}'; it has {string.Join(", ", _course.Steps.Keys.Select(key => $"'{key}'"))}";
        return Attention switch
        {
            { Step: { } step } attention when step == name && attention.Phase == phase => null,
            { Step: { } step, Phase: StepPhase.Do } => $"what needs attention is the step '{step}'",
            { Step: { } step, Phase: { } of } => $"what needs attention is the {of.ToString().ToLowerInvariant()} of the step '{step}'",
            _ => "no step of it needs attention; one that only waits can be turned back",
        };
    }

    /// <summary>Takes a stored event.</summary>
    public void Apply(IEvent @event)
    {
        _course.Apply(@event);
        if (Unknown is not null && @event is not TransactionEnded) return;
        switch (@event)
        {
            case StepTriedAgain again: _course.Steps[again.Step].Of(again.Phase).Begin(again.Round); break;
            case StepClosing closing: _course.Steps[closing.Step].Closing ??= closing; break;
            case StepSkipped skipped:
                _course.Steps[skipped.Step].Of(skipped.Phase).IsSkipped = true;
                Attention = null;
                break;
            case TransactionNeedsAttention attention: Attention = attention; break;
            case TransactionResumed:
                Attention = null;
                foreach (var step in _course.Steps.Values) step.Retry();
                break;
            case TransactionEnded ended: Ended = ended; break;
        }
    }

    /// <summary>Takes an answer.</summary>
    public void Learn(StepCall call, StepAnswer answer, DateTimeOffset now) => Learn(call.Step, call.Phase, call.Round, answer, now);

    /// <summary>Takes an answer, whoever asked. One that is known, or of an earlier round, or of no step, changes nothing.</summary>
    public void Learn(string name, StepPhase of, int round, StepAnswer answer, DateTimeOffset now)
    {
        if (!_course.Steps.TryGetValue(name, out var step)) return;
        var phase = step.Of(of);
        if (phase.Learn(round, answer)) phase.NotBefore = now + step.Step.Wait.After(phase.Failures + phase.Round - 1);
    }

    /// <summary>No answer came: the same is asked again after a pause.</summary>
    public void LearnSilence(StepCall call, int silences, DateTimeOffset now) =>
        _course.Steps[call.Step].Of(call.Phase).NotBefore = now + _course.Steps[call.Step].Step.Wait.After(silences);

    /// <summary>What to do now.</summary>
    public Wanted Next(DateTimeOffset now)
    {
        if (Ended is not null || Attention is not null || Unknown is not null) return new();
        try
        {
            return IsTurningBack ? Backward(now) : IsConfirming ? Confirm(now) : Forward(now);
        }
        catch (ReplyLeftOutException leftOut)
        {
            return new() { Store = new TransactionNeedsAttention(null, null, TransactionCodes.ReplyLeftOut, leftOut.Message) };
        }
        catch (Exception exception)
        {
            // A function of the user's. What it says may be a secret: it goes to the log.
            return new()
            {
                Store = new TransactionNeedsAttention(
                    null, null, TransactionCodes.DefinitionFailed,
                    "A function of the definition failed; the silo's log has the cause. Deploy a mended build, then resume."),
                Cause = exception,
            };
        }
    }

    private Wanted Forward(DateTimeOffset now)
    {
        if (_course.IsDone) return new() { End = new(true, _course.Reply, null, null, Steps) };
        if (_course.Record() is { } answered) return new() { Store = answered };
        var open = _course.Open.ToList();
        foreach (var step in open)
        {
            if (WhenRefused(step, StepPhase.Do) is { } refused) return refused;
            if (!IsPastPivot && step.Closing is null && WhyClose(step, now) is { } closing) return new() { Store = closing };
        }

        var calls = Call(open.Select(step => (step, StepPhase.Do)), now);
        return IsPastPivot ? calls : calls with { AskAgain = open.Where(step => !step.IsClosing).Select(Deadline).Aggregate(calls.AskAgain, Earlier) };
    }

    private Wanted Confirm(DateTimeOffset now) => CallUnlessRefused([.. Unconfirmed.Select(step => (step, StepPhase.Confirm))], now);

    private Wanted Backward(DateTimeOffset now)
    {
        var reached = _course.Reached.Reverse().ToList();
        // What has not answered is closed: after that it either was accepted, and is taken back, or never will be.
        var silent = reached.SelectMany(steps => steps).Where(IsSilent);
        // What was only tried is given back at once: nobody could build on it. What was done is undone by stages, the last one first.
        var cancelled = reached.SelectMany(steps => steps).Where(step => step is { IsBack: false, Step.IsTry: true });
        var undone = (reached.Find(steps => steps.Exists(step => IsSilent(step) || MustBeUndone(step))) ?? []).Where(MustBeUndone);
        var back = cancelled.Concat(undone).Select(step => (step, step.Step.WayBack!.Value));
        var calls = silent.Select(step => (step, StepPhase.Do)).Concat(back).ToList();
        if (calls.Count > 0) return CallUnlessRefused(calls, now);
        var (code, text) = _course.Cause;
        return new() { End = new(false, null, code, text, Steps) };

        static bool IsSilent(StepRun step) => step is { Doing.Answer: null, IsSkipped: false };
        static bool MustBeUndone(StepRun step) => step is { IsBack: false, Step.IsTry: false };
    }

    private Wanted CallUnlessRefused(List<(StepRun Step, StepPhase Phase)> calls, DateTimeOffset now) => calls
        .Where(call => call.Phase != StepPhase.Do)
        .Select(call => WhenRefused(call.Step, call.Phase))
        .FirstOrDefault(refused => refused is not null) ?? Call(calls, now);

    /// <summary>
    /// What is stored when the answer was not good: another round, or that it had enough of them. Null when nothing is to be stored.
    /// </summary>
    private Wanted? WhenRefused(StepRun step, StepPhase phase) => step.Of(phase) switch
    {
        { IsSkipped: true } => null,
        { Answer: StepAnswer.Rejected rejected } run => run.Round - run.Granted < Attempts(step, phase)
            ? new() { Store = new StepTriedAgain(step.Step.Name, phase, run.Round + 1, rejected.Code) }
            : Park(step, phase, rejected.Code, rejected.Message),
        // Somebody skipped it, and this coordinator does not know: it learns that by not being able to store this.
        { Answer: StepAnswer.Closed } => Park(step, phase, TransactionCodes.StepClosed, $"The step '{step.Step.Name}' was closed."),
        { Last: StepAnswer.Failed failed } run when run.Failures >= Attempts(step, phase) && (phase != StepPhase.Do || !step.IsClosing) =>
            Exhausted(step, phase, failed),
        _ => null,
    };

    private Wanted Exhausted(StepRun step, StepPhase phase, StepAnswer.Failed failed) => phase != StepPhase.Do || IsPastPivot
        ? Park(step, phase, failed.Code, failed.Message)
        : new()
        {
            Store = new StepClosing(
                step.Step.Name, TransactionCodes.AttemptsExhausted, $"The step '{step.Step.Name}' failed {step.Doing.Failures} times, at last with {failed.Code}: {failed.Message}"),
        };

    private static Wanted Park(StepRun step, StepPhase phase, string code, string message) =>
        new() { Store = new TransactionNeedsAttention(step.Step.Name, phase, code, message) };

    private Wanted Call(IEnumerable<(StepRun Step, StepPhase Phase)> asked, DateTimeOffset now)
    {
        var calls = new List<StepCall>();
        DateTimeOffset? again = null;
        foreach (var (step, phase) in asked)
        {
            var run = step.Of(phase);
            if (run.NotBefore > now)
            {
                again = Earlier(again, run.NotBefore);
                continue;
            }

            run.AskedAt ??= now;
            calls.Add(_calls.Of(step, phase, isClose: phase == StepPhase.Do ? step.IsClosing || IsTurningBack : run.IsSkipped));
        }

        return new() { Calls = calls, AskAgain = again };
    }

    private int Attempts(StepRun step, StepPhase phase) => phase switch
    {
        StepPhase.Do => step.Step.DoAttempts ?? (IsPastPivot ? int.MaxValue : Step.DefaultDoAttempts),
        StepPhase.Confirm => step.Step.ConfirmAttempts,
        _ => step.Step.UndoAttempts,
    };

    private IEvent? WhyClose(StepRun step, DateTimeOffset now)
    {
        if (_course.TurnedBack is { } turned) return _course.GiveUp(step, turned.Code, turned.Reason);
        if (_course.Limit is { } whole && now - _startedAt >= whole)
            return _course.GiveUp(step, TransactionCodes.TimeLimit, $"The transaction passed its time limit of {whole}.");
        return step.Step.Limit is { } limit && step.Doing.AskedAt is { } asked && now - asked >= limit
            ? new StepClosing(step.Step.Name, TransactionCodes.TimeLimit, $"The step '{step.Step.Name}' passed its time limit of {limit}.")
            : null;
    }

    private DateTimeOffset? Deadline(StepRun step) => Earlier(_startedAt + _course.Limit, step.Doing.AskedAt + step.Step.Limit);

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null ? other : other is null || one < other ? one : other;
}
