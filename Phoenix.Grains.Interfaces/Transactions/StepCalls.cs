namespace Phoenix.Transactions;

/// <summary>Makes the commands that go to the aggregates of steps, each under its id, from the replies that are known by then.</summary>
internal sealed class StepCalls(string transaction, Course course)
{
    public StepCall Of(StepRun step, StepPhase phase, bool isClose)
    {
        var round = step.Of(phase).Round;
        return new(step.Step.Name, phase, round, isClose)
        {
            Aggregate = step.Step.Aggregate,
            AggregateId = step.Step.AggregateId,
            Service = step.Step.Service,
            CommandId = StepId.Of(transaction, step.Step.Name, phase, round),
            Command = isClose ? null : step.Step.CommandOf(phase, course.RepliesFor(step, phase)),
        };
    }
}
