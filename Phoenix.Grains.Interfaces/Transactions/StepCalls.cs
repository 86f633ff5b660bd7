namespace Phoenix.Transactions;

/// <summary>Makes the commands that go to the aggregates of steps, each under its id, from the replies that are known by then.</summary>
internal sealed class StepCalls(string transaction, List<List<StepRun>> stages, int decisiveStage)
{
    public Replies RepliesOfAll => new(Before(stages.Count));

    public StepCall Of(StepRun step, StepPhase phase, bool isClose)
    {
        var round = step.Of(phase).Round;
        return new(step.Step.Name, phase, round, isClose)
        {
            Aggregate = step.Step.Aggregate,
            AggregateId = step.Step.AggregateId,
            CommandId = StepId.Of(transaction, step.Step.Name, phase, round),
            Command = isClose ? null : step.Step.CommandOf(phase, RepliesFor(step, phase)),
        };
    }

    private Replies RepliesFor(StepRun step, StepPhase phase)
    {
        if (phase == StepPhase.Confirm) return new(Before(decisiveStage + 1));
        var replies = Before(stages.FindIndex(stage => stage.Contains(step)));
        if (phase != StepPhase.Do) replies.Add(step.Step.Name, step.Reply);
        return new(replies);
    }

    // In the order of the plan: which of two answers came first must not decide what a function is given.
    private Dictionary<string, string?> Before(int stage) =>
        stages.Take(stage).SelectMany(steps => steps).ToDictionary(step => step.Step.Name, step => step.Reply);
}
