using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// Steps that the user's class chooses by outcomes. Each outcome is stored before anything follows from it, with a hash of what was chosen:
/// so all coordinators tell the class the same in the same order, and a class that now chooses otherwise is noticed.
/// </summary>
internal sealed class DynamicCourse : Course
{
    private readonly Script _script;
    private readonly List<StepOutcome> _outcomes = [];
    private readonly List<string> _fingerprints;
    private IReadOnlyList<Next> _chosen = [];

    public DynamicCourse(Plan plan, Script script)
    {
        (_script, _fingerprints) = (script, [plan.Fingerprint()]);
        Follow();
    }

    public override TimeSpan? Limit => _chosen.LastOrDefault(next => next.Limit is not null)?.Limit;
    public override bool IsTurningBack => !IsDone && (End is not null || TurnedBack is not null);
    public override bool IsCertain => IsDone;
    public override bool IsDone => End is { Completed: true };
    public override IEnumerable<StepRun> Open =>
        Stages.SelectMany(stage => stage).Where(step => !_outcomes.Exists(outcome => outcome.Step == step.Step.Name));
    public override IEnumerable<List<StepRun>> Reached => Stages;
    public override string? Reply => End?.Reply;
    public override (string? Code, string? Message) Cause =>
        End is { } end ? (end.Code, end.Message) : (TurnedBack?.Code, TurnedBack?.Reason);

    private Next.Ending? End => _chosen is [.., var last] ? last.End : null;

    // All else that a command may depend on is known where the class chooses the step.
    public override Replies RepliesFor(StepRun step, StepPhase phase) => new((phase switch
    {
        StepPhase.Do => [],
        StepPhase.Confirm => Steps.Values.Where(other => other.IsAccepted),
        _ => [step],
    }).ToDictionary(known => known.Step.Name, known => known.Accepted));

    public override IEvent GiveUp(StepRun step, string code, string message) => new TransactionTurnedBack(message, code);

    public override IEvent? Record()
    {
        if (Open.FirstOrDefault(step => step.IsAccepted || step.IsClosed || step.IsRefused) is not { } step) return null;
        var name = step.Step.Name;
        // It is stored now, and the class may ask for it later.
        if (step.Accepted is { IsReplyLeftOut: true }) throw new ReplyLeftOutException(name);
        var answered = step.Doing.Answer switch
        {
            StepAnswer.Accepted accepted => new StepAnswered(name, StepState.Accepted, accepted.ReplyJson, null, null, ""),
            StepAnswer.Rejected rejected => new(name, StepState.Rejected, null, rejected.Code, rejected.Message, ""),
            _ => new(name, StepState.Closed, null, step.Closing?.Code ?? TransactionCodes.StepClosed, step.Closing?.Message, ""),
        };
        return answered with { Fingerprint = _script.After([.. _outcomes, OutcomeOf(answered)])[^1].Fingerprint };
    }

    public override void Apply(IEvent @event)
    {
        base.Apply(@event);
        if (Unknown is not null) return;
        if (@event is StepAnswered answered)
        {
            _outcomes.Add(OutcomeOf(answered));
            _fingerprints.Add(answered.Fingerprint);
            if (Steps.TryGetValue(answered.Step, out var step)) step.Doing.Learn(step.Doing.Round, AnswerOf(answered));
        }

        Follow();
    }

    /// <summary>
    /// Chooses again from what is stored alone; the class may have been told of an outcome that was not stored after all.
    /// </summary>
    private void Follow()
    {
        try
        {
            var chosen = _script.After(_outcomes);
            if (chosen.Select(next => next.Fingerprint).SequenceEqual(_fingerprints)) Take(chosen);
            else NotAsStored("chooses other steps, or another end, than when the transaction ran before", null);
        }
        catch (Exception exception)
        {
            NotAsStored("fails at an outcome that it took before; the silo's log has the cause", exception);
        }
    }

    private void Take(IReadOnlyList<Next> chosen)
    {
        _chosen = chosen;
        var stages = chosen.Where(next => next.Steps.Count > 0).ToList();
        // The class may have begun again with a new object, and its functions belong to that one.
        foreach (var (run, step) in Stages.Zip(stages, (runs, next) => runs.Zip(next.Steps)).SelectMany(pairs => pairs)) run.Step = step;
        foreach (var next in stages.Skip(Stages.Count).ToList()) Add(next.Steps);
    }

    private void NotAsStored(string what, Exception? cause) => Unknown = (new(null, null, TransactionCodes.DefinitionFailed,
        $"The definition {what}. Put the old one back, and give the new one the next version."), cause);

    private static StepOutcome OutcomeOf(StepAnswered answered) =>
        new(answered.Step, answered.State, answered.Reply, answered.Code, answered.Message);

    private static StepAnswer AnswerOf(StepAnswered answered) => answered.State switch
    {
        StepState.Accepted => new StepAnswer.Accepted(answered.Reply),
        StepState.Rejected => new StepAnswer.Rejected(answered.Code ?? "", answered.Message ?? ""),
        _ => new StepAnswer.Closed(),
    };
}
