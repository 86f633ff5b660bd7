using System.Text.Json;

namespace Phoenix.Transactions;

/// <summary>
/// What a dynamic transaction does next: further steps, nothing while others are under way, or its end. A step, or
/// <see cref="Saga.Together"/> of several, is one by itself; the others are made by <see cref="Saga"/>.
/// </summary>
public sealed class Next
{
    private string? _fingerprint;

    private Next() { }

    internal IReadOnlyList<Step> Steps { get; private init; } = [];
    internal Ending? End { get; private init; }
    internal TimeSpan? Limit { get; private init; }

    internal static Next Nothing { get; } = new();

    /// <summary>A hash over the steps, and the end: another one than was stored means that the class was changed in place.</summary>
    internal string Fingerprint =>
        _fingerprint ??= Plan.HashOf([Steps], End is null ? "" : JsonSerializer.Serialize(End, PhoenixJson.State));

    /// <summary>A step. Others that are under way go on beside it.</summary>
    public static implicit operator Next(Step step) => FromStep(step);

    /// <summary>Steps that are taken at the same time.</summary>
    public static implicit operator Next(Stage stage) => FromStage(stage);

    /// <summary>A step.</summary>
    public static Next FromStep(Step step) => FromStage(Stage.FromStep(step));

    /// <summary>Steps that are taken at the same time.</summary>
    public static Next FromStage(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return new() { Steps = stage.Steps };
    }

    /// <summary>
    /// How long the whole may take, from its start; the one that was given last counts. After that no outcome is passed on any more: what
    /// has not answered is closed and the rest undone. Default: no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public Next Within(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return new() { Steps = Steps, End = End, Limit = limit };
    }

    internal static Next Of(Ending end) => new() { End = end };

    /// <summary>The end that was chosen.</summary>
    internal sealed record Ending(bool Completed, string? Reply, string? Code, string? Message);
}
