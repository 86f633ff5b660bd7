using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>What a transaction wants next. Exactly one of store and end, or sends, or nothing but time.</summary>
internal sealed record Wanted
{
    /// <summary>An event to store before anything else; then ask again.</summary>
    public IEvent? Store { get; init; }

    /// <summary>What the user's definition threw, if that is why: for the log alone.</summary>
    public Exception? Cause { get; init; }

    /// <summary>
    /// Nothing is left to do but to store this. It may be told before it is stored: it follows from what is recorded already.
    /// </summary>
    public TransactionEnded? End { get; init; }

    /// <summary>What should be under way now.</summary>
    public IReadOnlyList<StepCall> Calls { get; init; } = [];

    /// <summary>When to ask again at the latest, should no answer come before; null for never.</summary>
    public DateTimeOffset? AskAgain { get; init; }
}

/// <summary>A command to a step's aggregate.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Phase">What of the step.</param>
/// <param name="Round">Which round.</param>
/// <param name="IsClose">True to close the id instead of having it decided.</param>
internal sealed record StepCall(string Step, StepPhase Phase, int Round, bool IsClose)
{
    /// <summary>The aggregate's logical name.</summary>
    public required string Aggregate { get; init; }

    /// <summary>The aggregate's id.</summary>
    public required string AggregateId { get; init; }

    /// <summary>The service that has the aggregate where this host does not; null for none.</summary>
    public string? Service { get; init; }

    /// <summary>The command's id; at another service it is made of the transaction's name there.</summary>
    public required string CommandId { get; init; }

    /// <summary>The command; null to close the id.</summary>
    public object? Command { get; init; }
}
