namespace Phoenix.Transactions;

/// <summary>Steps that are taken at the same time. A single step is a stage by itself.</summary>
public sealed class Stage
{
    internal Stage(IReadOnlyList<Step> steps) => Steps = steps.Count > 0 && !steps.Contains(null!)
        ? steps
        : throw new ModelException("A stage has at least one step, and no null.");

    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>A stage of one step.</summary>
    public static implicit operator Stage(Step step) => FromStep(step);

    /// <summary>A stage of one step.</summary>
    public static Stage FromStep(Step step) => new([step]);
}
