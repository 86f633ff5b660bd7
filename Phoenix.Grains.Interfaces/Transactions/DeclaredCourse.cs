using System.Text.Json;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>A plan that is known at the start: stage after stage. It turns back when a step is refused or closed.</summary>
internal sealed class DeclaredCourse : Course
{
    private readonly Plan _plan;

    public DeclaredCourse(Plan plan)
    {
        _plan = plan;
        foreach (var stage in plan.Stages) Add(stage.Steps);
    }

    public override TimeSpan? Limit => _plan.Limit;

    /// <summary>
    /// Only the first stage that is not over counts: an answer of a later one that is learnt before all earlier ones are known may stand
    /// behind the pivot.
    /// </summary>
    public override bool IsTurningBack =>
        !IsPastPivot && Current is >= 0 and var stage && Stages[stage].Exists(step => step.IsClosed || step.IsRefused);

    public override bool IsCertain => Current < 0 || Current > _plan.DecisiveStage;
    public override bool IsDone => Current < 0;
    public override IEnumerable<StepRun> Open => Current is >= 0 and var stage ? Stages[stage].Where(step => !step.IsOver) : [];
    public override IEnumerable<List<StepRun>> Reached => Stages.Take(Current + 1);

    public override string? Reply => _plan.ReplyOf?.Invoke(new(Before(Stages.Count))) is { } reply
        ? JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.State)
        : null;

    public override (string? Code, string? Message) Cause
    {
        get
        {
            foreach (var step in Stages.SelectMany(stage => stage))
            {
                if (step.Doing.Answer is StepAnswer.Rejected rejected && !step.IsSkipped) return (rejected.Code, rejected.Message);
                if (step.IsClosed && step.Closing is { } closing) return (closing.Code, closing.Message);
            }

            return (null, null);
        }
    }

    private int Current => Stages.FindIndex(steps => !steps.TrueForAll(step => step.IsOver));

    public override Replies RepliesFor(StepRun step, StepPhase phase)
    {
        if (phase == StepPhase.Confirm) return new(Before(_plan.DecisiveStage + 1));
        var replies = Before(Stages.FindIndex(stage => stage.Contains(step)));
        if (phase != StepPhase.Do) replies.Add(step.Step.Name, step.Accepted);
        return new(replies);
    }

    public override IEvent GiveUp(StepRun step, string code, string message) => new StepClosing(step.Step.Name, code, message);

    // In the order of the plan: which of two answers came first must not decide what a function is given.
    private Dictionary<string, StepAnswer.Accepted?> Before(int stage) =>
        Stages.Take(stage).SelectMany(steps => steps).ToDictionary(step => step.Step.Name, step => step.Accepted);
}
