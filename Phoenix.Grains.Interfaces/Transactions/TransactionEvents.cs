using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// The transaction was started. Together with the recorded outcomes of its steps at the aggregates this is all that is needed to take it up
/// again: what follows from durable facts alone is never stored.
/// </summary>
/// <param name="Command">The full logical name of the command that started it.</param>
/// <param name="Start">That command as JSON.</param>
/// <param name="Definition">The version of the definition.</param>
/// <param name="Fingerprint">A hash over the steps of the plan.</param>
/// <param name="At">When.</param>
/// <param name="Reply">Where its end is told, or null.</param>
[Event("phoenix.transaction-started")]
public sealed record TransactionStarted(
    string Command, string Start, int Definition, string Fingerprint, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EndReply? Reply = null) : IEvent;

/// <summary>The start came once more, and its end is to be told there as well.</summary>
/// <param name="Reply">Where.</param>
[Event(Name)]
public sealed record TransactionReplyWanted(EndReply Reply) : IEvent
{
    internal const string Name = "phoenix.transaction-reply-wanted";
}

/// <summary>A step, its confirmation, or taking it back is tried once more under a new command id. Stored before that id is sent.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Phase">What is tried.</param>
/// <param name="Round">Which try this is, from 2.</param>
/// <param name="Code">Why the last one was rejected.</param>
[Event("phoenix.transaction-step-tried-again")]
public sealed record StepTriedAgain(string Step, StepPhase Phase, int Round, string Code) : IEvent;

/// <summary>
/// A step without an answer is closed: from here on its command id is either decided already or never will be. Stored first, because it
/// follows from a time, a count or a person.
/// </summary>
/// <param name="Step">The step's name.</param>
/// <param name="Code">Why: one of <see cref="TransactionCodes"/>.</param>
/// <param name="Message">The same for people.</param>
[Event("phoenix.transaction-step-closing")]
public sealed record StepClosing(string Step, string Code, string Message) : IEvent;

/// <summary>
/// What became of a step of a dynamic transaction. Stored before anything follows from it: what the class chooses follows from these alone.
/// </summary>
/// <param name="Step">The step's name.</param>
/// <param name="State">Accepted, rejected or closed.</param>
/// <param name="Reply">The reply value as JSON, or null.</param>
/// <param name="Code">Why it was not done, or null.</param>
/// <param name="Message">The same for people, or null.</param>
/// <param name="Fingerprint">A hash over what the class chose upon it.</param>
[Event("phoenix.transaction-step-answered")]
public sealed record StepAnswered(string Step, StepState State, string? Reply, string? Code, string? Message, string Fingerprint) : IEvent;

/// <summary>
/// An operator turned it back, or the time limit of a dynamic transaction did: what has not answered is closed. It ends undone, unless
/// every step was accepted before.
/// </summary>
/// <param name="Reason">Why.</param>
/// <param name="Code">One of <see cref="TransactionCodes"/>.</param>
[Event("phoenix.transaction-turned-back")]
public sealed record TransactionTurnedBack(string Reason, string Code = TransactionCodes.TurnedBack) : IEvent;

/// <summary>An operator went on without a step, without its confirmation, or without taking it back.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Phase">What was skipped.</param>
/// <param name="Reason">Why.</param>
[Event("phoenix.transaction-step-skipped")]
public sealed record StepSkipped(string Step, StepPhase Phase, string Reason) : IEvent;

/// <summary>The transaction cannot go on by itself.</summary>
/// <param name="Step">The step that holds it up; null when it is the definition itself.</param>
/// <param name="Phase">What of the step; null when it is the definition itself.</param>
/// <param name="Code">One of <see cref="TransactionCodes"/>, or the code of the last refusal.</param>
/// <param name="Message">The same for people.</param>
[Event("phoenix.transaction-needs-attention")]
public sealed record TransactionNeedsAttention(string? Step, StepPhase? Phase, string Code, string Message) : IEvent;

/// <summary>An operator set it going again.</summary>
[Event("phoenix.transaction-resumed")]
public sealed record TransactionResumed : IEvent;

/// <summary>The end.</summary>
/// <param name="Completed">True when everything was done, and confirmed; false when everything that was done is taken back.</param>
/// <param name="Reply">The reply value as JSON, or null.</param>
/// <param name="Code">The code of the step that failed, or null.</param>
/// <param name="Message">Its message, or null.</param>
/// <param name="Steps">What became of each step.</param>
[Event(Name)]
public sealed record TransactionEnded(bool Completed, string? Reply, string? Code, string? Message, IReadOnlyList<StepSummary> Steps)
    : IEvent
{
    internal const string Name = "phoenix.transaction-ended";
}

/// <summary>What became of one step.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How it stands.</param>
/// <param name="Rounds">How many command ids it took.</param>
/// <param name="Code">The code of its last rejection, or null.</param>
[GenerateSerializer, Immutable, Alias("phoenix.step-summary")]
public sealed record StepSummary(
    [property: Id(0)] string Name, [property: Id(1)] StepState State, [property: Id(2)] int Rounds, [property: Id(3)] string? Code);

/// <summary>What is asked of a step's aggregate.</summary>
public enum StepPhase
{
    /// <summary>The step itself; of TCC the try.</summary>
    Do = 1,

    /// <summary>Taking back what it did.</summary>
    Undo = 2,

    /// <summary>Making final what it tried.</summary>
    Confirm = 3,

    /// <summary>Giving back what it tried.</summary>
    Cancel = 4,
}

/// <summary>How a step stands.</summary>
public enum StepState
{
    /// <summary>Its turn has not come, or it has not answered.</summary>
    Open = 0,

    /// <summary>Done; of TCC tried, and neither confirmed nor cancelled yet.</summary>
    Accepted = 1,

    /// <summary>Refused, for good.</summary>
    Rejected = 2,

    /// <summary>It can never be done any more.</summary>
    Closed = 3,

    /// <summary>Done, and taken back.</summary>
    Undone = 4,

    /// <summary>An operator went on without it, without its confirmation, or without taking it back.</summary>
    Skipped = 5,

    /// <summary>Tried, and made final.</summary>
    Confirmed = 6,

    /// <summary>Tried, and given back.</summary>
    Cancelled = 7,
}

/// <summary>The codes of what happens to transactions beside the rejections of their steps.</summary>
public static class TransactionCodes
{
    /// <summary>A step, or the whole, passed its time limit.</summary>
    public const string TimeLimit = "time-limit";

    /// <summary>A step gave as many faulty answers as it may.</summary>
    public const string AttemptsExhausted = "attempts-exhausted";

    /// <summary>
    /// The code of the rejection under the id of a step that its transaction closed, because it had waited long enough or was turned back.
    /// It never takes effect.
    /// </summary>
    public const string StepClosed = "phoenix-closed";

    /// <summary>An operator turned it back.</summary>
    public const string TurnedBack = "turned-back";

    /// <summary>
    /// A dynamic transaction could not go on: its class gave neither a step nor an end while nothing was under way, or said completed while
    /// something was. What was done is undone.
    /// </summary>
    public const string NoWayOn = "no-way-on";

    /// <summary>The definition failed: a function of it threw, or its plan is another one than at the start.</summary>
    public const string DefinitionFailed = "definition-failed";

    /// <summary>
    /// The reply of a step at another service is needed, and did not fit the topic that answers come on. Resumed when that takes more.
    /// </summary>
    public const string ReplyLeftOut = "reply-left-out";

    /// <summary>This build does not have the definition's version.</summary>
    public const string DefinitionMissing = "definition-missing";
}
