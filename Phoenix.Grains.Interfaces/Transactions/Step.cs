using System.Reflection;
using System.Text;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>One step of a plan; made by <see cref="Saga"/>. A step never changes: each method gives another one.</summary>
public abstract record Step
{
    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 64;

    private protected Step(string name, string aggregateId, Type contract) => (Name, AggregateId, Contract) = (name, aggregateId, contract);

    /// <summary>Its name within the plan.</summary>
    public string Name { get; }

    internal string AggregateId { get; }
    internal Type Contract { get; }
    internal bool HasNothingToUndo { get; init; }
    internal bool IsPivot { get; init; }
    internal int? DoAttempts { get; init; }
    internal int UndoAttempts { get; init; } = DefaultUndoAttempts;
    internal int ConfirmAttempts { get; init; } = DefaultConfirmAttempts;
    internal IReadOnlyList<string> RetriedCodes { get; init; } = [];
    internal BackOff Wait { get; init; } = BackOff.Default;
    internal TimeSpan? Limit { get; init; }

    internal const int DefaultDoAttempts = 5;
    internal const int DefaultUndoAttempts = 10;
    internal const int DefaultConfirmAttempts = 10;

    /// <summary>The commands that do not depend on replies.</summary>
    internal IReadOnlyList<object> KnownCommands { get; init; } = [];

    internal abstract bool HasUndo { get; }
    internal abstract bool HasConfirm { get; }
    internal abstract bool HasCancel { get; }

    /// <summary>It only tries: what it does is confirmed or cancelled later.</summary>
    internal bool IsTry => HasConfirm || HasCancel;

    /// <summary>What its aggregate is asked to take it back, if anything.</summary>
    internal StepPhase? WayBack => HasCancel ? StepPhase.Cancel : HasUndo ? StepPhase.Undo : null;

    /// <summary>The command of a phase: a pure function of these replies.</summary>
    internal abstract object CommandOf(StepPhase phase, Replies replies);

    /// <summary>The aggregate's logical name.</summary>
    internal string Aggregate => Contract.GetCustomAttribute<AggregateAttribute>(inherit: false)?.Name
        ?? throw new ModelException($"{Contract} has no logical name. Put [Aggregate(\"domain.name\")] on it.");

    /// <summary>The service that fulfils the contract where this host does not; null for none.</summary>
    internal string? Service => ServiceAttribute.Of(Contract);

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrEmpty(Name) || Name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(Name) > MaxNameBytes)
            yield return $"The step '{Name}' needs a name of 1 to {MaxNameBytes} bytes of UTF-8 without control characters.";
        if (Phoenix.Model.AggregateId.Problem(AggregateId) is { } problem) yield return $"The step '{Name}': {problem}";
        if (HasUndo && HasNothingToUndo) yield return $"The step '{Name}' has an undo and says that there is nothing to undo. Keep one.";
        if (IsPivot && HasUndo) yield return $"The step '{Name}' is the pivot and has an undo; after the pivot there is no way back. Keep one.";
        if (HasConfirm && !HasCancel)
            yield return $"The step '{Name}' has a confirm and no cancel. Add .Cancel(...), which gives back what it reserved.";
        if (HasCancel && !HasConfirm)
            yield return $"The step '{Name}' has a cancel and no confirm. Add .Confirm(...), or say .Undo(...) if what it does is final at once.";
        if (IsTry && (HasUndo || HasNothingToUndo))
            yield return $"The step '{Name}' is confirmed or cancelled, and says how it is undone. Leave out .Undo(...) and .NothingToUndo().";
        if (IsTry && IsPivot)
            yield return $"The step '{Name}' is the pivot and has a confirm or cancel; what the pivot does is final at once. Keep one.";
    }
}
