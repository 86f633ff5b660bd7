namespace Phoenix.Transactions;

/// <summary>What is known of one step of a running transaction.</summary>
internal sealed class StepRun(Step step)
{
    public Step Step { get; set; } = step;
    public PhaseRun Doing { get; } = new();
    public PhaseRun Confirming { get; } = new();

    /// <summary>Its undo, or its cancel.</summary>
    public PhaseRun TakingBack { get; } = new();

    /// <summary>Why the step is being closed; null while it is not.</summary>
    public StepClosing? Closing { get; set; }

    public StepAnswer.Accepted? Accepted => Doing.Answer as StepAnswer.Accepted;

    public bool IsAccepted => Doing.Answer is StepAnswer.Accepted;
    public bool IsSkipped => Doing.IsSkipped;
    public bool IsClosing => Closing is not null || IsSkipped;

    /// <summary>It can never be done any more, and nobody went on without it.</summary>
    public bool IsClosed => Doing.Answer is StepAnswer.Closed && !IsSkipped;

    /// <summary>Before the pivot: it was rejected, and is not tried again.</summary>
    public bool IsRefused => Doing.Answer is StepAnswer.Rejected rejected && !IsSkipped
        && !(Closing is null && Step.RetriedCodes.Contains(rejected.Code) && Doing.Round < (Step.DoAttempts ?? Step.DefaultDoAttempts));

    /// <summary>The plan may go on after it.</summary>
    public bool IsOver => Doing.IsOver;

    /// <summary>It needs no taking back, or has been.</summary>
    public bool IsBack => !IsAccepted || Step.WayBack is null || TakingBack.IsOver;

    public bool IsRetrying => Doing.IsRetrying || Confirming.IsRetrying || TakingBack.IsRetrying;

    public StepSummary Summary => new(Step.Name, State, Doing.Round, ((Doing.Answer as StepAnswer.Rejected) ?? Doing.Last as StepAnswer.Rejected)?.Code);

    private StepState State => this switch
    {
        { Doing.IsSkipped: true } or { Confirming.IsSkipped: true } or { TakingBack.IsSkipped: true } => StepState.Skipped,
        { TakingBack.Answer: StepAnswer.Accepted } => Step.IsTry ? StepState.Cancelled : StepState.Undone,
        { Confirming.Answer: StepAnswer.Accepted } => StepState.Confirmed,
        { IsAccepted: true } => StepState.Accepted,
        { Doing.Answer: StepAnswer.Rejected } => StepState.Rejected,
        { Doing.Answer: StepAnswer.Closed } => StepState.Closed,
        _ => StepState.Open,
    };

    public PhaseRun Of(StepPhase phase) => phase switch { StepPhase.Do => Doing, StepPhase.Confirm => Confirming, _ => TakingBack };

    /// <summary>An operator gives it all its attempts once more.</summary>
    public void Retry()
    {
        Doing.Retry();
        Confirming.Retry();
        TakingBack.Retry();
    }
}
