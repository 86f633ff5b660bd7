using Phoenix.Transactions;

namespace Phoenix.TestKit;

/// <summary>What becomes of a command that a transaction sends.</summary>
public enum StepFate
{
    /// <summary>It arrives, and its answer does.</summary>
    Arrives,

    /// <summary>It never arrives: the aggregate does not know of it.</summary>
    IsLost,

    /// <summary>It arrives and is decided, and the transaction does not hear what was.</summary>
    AnswerIsLost,
}

/// <summary>A command that a transaction sends to an aggregate.</summary>
/// <param name="Transaction">The transaction, <c>{transaction}/{id}</c>.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Phase">What of the step.</param>
/// <param name="IsClose">It closes the step's id: what was not decided under it never will be.</param>
/// <param name="Aggregate">The aggregate's logical name.</param>
/// <param name="AggregateId">The aggregate's id.</param>
/// <param name="Command">The command; null when it closes.</param>
public sealed record StepSent(
    string Transaction, string Step, StepPhase Phase, bool IsClose, string Aggregate, string AggregateId, object? Command);
