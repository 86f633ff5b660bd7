using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Transactions;

/// <summary>
/// What a transaction does: its steps, its time limit and its reply. Made by <see cref="Saga.InOrder"/>; each method gives another one.
/// </summary>
public sealed class Plan
{
    internal Plan(IReadOnlyList<Stage> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        Stages = stages;
        Steps = [.. stages.SelectMany(stage => stage.Steps)];
        DecisiveStage = Math.Min(stages.TakeWhile(stage => !stage.Steps.Any(step => step.IsPivot)).Count(), stages.Count - 1);
        if (Problems().ToList() is { Count: > 0 } problems) throw new ModelException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>The plan of a dynamic transaction, of which only the first steps are known.</summary>
    internal Plan(Script script)
    {
        (Script, Steps) = (script, script.After([])[0].Steps);
        Stages = Steps.Count > 0 ? [new(Steps)] : [];
    }

    private Plan(Plan plan) =>
        (Stages, Steps, DecisiveStage, Limit, ReplyOf) = (plan.Stages, plan.Steps, plan.DecisiveStage, plan.Limit, plan.ReplyOf);

    /// <summary>What chooses further steps; null when all are declared.</summary>
    internal Script? Script { get; }

    internal IReadOnlyList<Stage> Stages { get; }
    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>When this stage is over nothing is taken back any more: that of the pivot, or the last.</summary>
    internal int DecisiveStage { get; }

    internal TimeSpan? Limit { get; private init; }
    internal Func<Replies, object?>? ReplyOf { get; private init; }

    /// <summary>
    /// How long the whole may take, from its start. After that, what has not answered is closed and the rest undone, unless the pivot was
    /// passed. Default: no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public Plan Within(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return new(this) { Limit = limit };
    }

    /// <summary>What the starter gets back when the transaction is completed: a pure function of the replies of its steps.</summary>
    public Plan Reply(Func<Replies, object?> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new(this) { ReplyOf = reply };
    }

    /// <summary>
    /// A hash over names, order and addresses of the steps: another one under the same version means that the definition was changed in
    /// place.
    /// </summary>
    internal string Fingerprint() => Script is null ? HashOf(Stages.Select(stage => stage.Steps), "") : Script.After([])[0].Fingerprint;

    internal static string HashOf(IEnumerable<IReadOnlyList<Step>> stages, string end)
    {
        var text = string.Join('\n', stages.Select(steps => string.Join('\t', steps.Select(step =>
            $"{step.Name}\0{step.Aggregate}\0{step.AggregateId}\0{KindOf(step)}{(step.Service is { } service ? $"\0{service}" : "")}"))));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text + end)).AsSpan(0, 8));
    }

    private static string KindOf(Step step) => step.IsPivot ? "pivot" : step.IsTry ? "try" : step.HasUndo ? "undo" : "";

    private IEnumerable<string> Problems()
    {
        if (Steps.Count == 0) yield return "A plan has at least one step.";
        foreach (var problem in Steps.SelectMany(step => step.Problems())) yield return problem;
        foreach (var twins in Steps.GroupBy(step => step.Name).Where(group => group.Count() > 1))
            yield return $"The step name '{twins.Key}' is used {twins.Count()} times. Names are unique within a plan: ids of commands come from them.";
        if (Steps.Count(step => step.IsPivot) > 1) yield return "A plan has at most one pivot.";
        foreach (var stage in Stages.Where(stage => stage.Steps.Count > 1 && stage.Steps.Any(step => step.IsPivot)))
            yield return $"The pivot '{stage.Steps.First(step => step.IsPivot).Name}' stands alone in its stage: it decides whether there is a way back.";
        foreach (var step in Stages.Skip(DecisiveStage + 1).SelectMany(stage => stage.Steps).Where(step => step.IsTry))
            yield return $"The step '{step.Name}' has a confirm or cancel and stands after the pivot, where nothing is cancelled any more."
                + " Put it before the pivot, or make it a step that is final at once.";
        foreach (var step in WithoutWayBack())
            yield return $"The step '{step.Name}' has no undo. Add .Undo(...), or .Confirm(...) and .Cancel(...), or .NothingToUndo() if it may stay when a later step is rejected, or .Pivot() if there is no way back after it.";
    }

    // A last step that stands alone is never taken back: when it is accepted the transaction is completed.
    private IEnumerable<Step> WithoutWayBack() => Stages
        .TakeWhile(stage => !stage.Steps.Any(step => step.IsPivot))
        .Where(stage => stage != Stages[^1] || stage.Steps.Count > 1)
        .SelectMany(stage => stage.Steps)
        .Where(step => !step.HasUndo && !step.HasNothingToUndo && !step.IsTry);
}
