using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// Which steps there are, whose turn it is, and whether to turn back: where the two forms of a transaction differ. All that is done about
/// it is <see cref="SagaRun"/>'s.
/// </summary>
internal abstract class Course
{
    private readonly Dictionary<string, StepRun> _steps = [];

    /// <summary>The steps, those that may go at the same time together. What follows from others comes after them.</summary>
    public List<List<StepRun>> Stages { get; } = [];

    public IReadOnlyDictionary<string, StepRun> Steps => _steps;

    public TransactionTurnedBack? TurnedBack { get; private set; }

    /// <summary>Why this build cannot go on, and what for the log; null when it can.</summary>
    public (TransactionNeedsAttention Problem, Exception? Cause)? Unknown { get; protected set; }

    public bool IsPastPivot => _steps.Values.Any(step => step.Step.IsPivot && step.IsOver);

    public abstract TimeSpan? Limit { get; }
    public abstract bool IsTurningBack { get; }

    /// <summary>Nothing is taken back any more.</summary>
    public abstract bool IsCertain { get; }

    /// <summary>Every step is done.</summary>
    public abstract bool IsDone { get; }

    /// <summary>The steps whose turn it is.</summary>
    public abstract IEnumerable<StepRun> Open { get; }

    /// <summary>The stages that may have been sent.</summary>
    public abstract IEnumerable<List<StepRun>> Reached { get; }

    /// <summary>The reply value of a completed transaction as JSON.</summary>
    public abstract string? Reply { get; }

    /// <summary>Why it turns back.</summary>
    public abstract (string? Code, string? Message) Cause { get; }

    /// <summary>What a function of the step is given: the same, whoever asks and whenever.</summary>
    public abstract Replies RepliesFor(StepRun step, StepPhase phase);

    /// <summary>What is stored to give the whole up, as long as this step is open.</summary>
    public abstract IEvent GiveUp(StepRun step, string code, string message);

    /// <summary>What is stored of an answer before anything follows from it; null for nothing.</summary>
    public virtual IEvent? Record() => null;

    public virtual void Apply(IEvent @event)
    {
        if (@event is TransactionTurnedBack turned) TurnedBack ??= turned;
    }

    protected void Add(IEnumerable<Step> stage)
    {
        Stages.Add([.. stage.Select(step => new StepRun(step))]);
        foreach (var step in Stages[^1]) _steps.Add(step.Step.Name, step);
    }
}
