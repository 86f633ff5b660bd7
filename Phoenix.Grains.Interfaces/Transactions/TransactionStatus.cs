using System.Text.Json;

namespace Phoenix.Transactions;

/// <summary>How a transaction stands.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.transaction-status")]
public sealed record TransactionStatus
{
    /// <summary>The state.</summary>
    [Id(0)] public required TransactionState State { get; init; }

    /// <summary>When it started; null when it was never started.</summary>
    [Id(1)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>
    /// What it waits for, or why it ended as it did: the code of a rejection or one of <see cref="TransactionCodes"/>; null when there is
    /// nothing to say.
    /// </summary>
    [Id(2)] public string? Code { get; init; }

    /// <summary>The same for people.</summary>
    [Id(3)] public string? Message { get; init; }

    /// <summary>The reply value of a completed transaction as JSON, or null.</summary>
    [Id(4)] public string? ReplyJson { get; init; }

    /// <summary>The steps in the order of the plan; empty when the plan is not known here.</summary>
    [Id(5)] public IReadOnlyList<StepSummary> Steps { get; init; } = [];

    /// <summary>True when it is over.</summary>
    public bool IsEnded => State is TransactionState.Completed or TransactionState.Compensated;

    /// <summary>The reply value, or default when there is none.</summary>
    public T? Reply<T>() => ReplyJson is null ? default : JsonSerializer.Deserialize<T>(ReplyJson, PhoenixJson.State);
}

/// <summary>The states of a transaction.</summary>
public enum TransactionState
{
    /// <summary>No command has started it.</summary>
    NotStarted = 0,

    /// <summary>It goes forward.</summary>
    Running = 1,

    /// <summary>Something did not answer, or not well, and is asked again.</summary>
    Retrying = 2,

    /// <summary>A step was refused or closed; what was done is being undone, and what was tried is being cancelled.</summary>
    Compensating = 3,

    /// <summary>Everything was done, and what was tried is confirmed.</summary>
    Completed = 4,

    /// <summary>Everything that was done is undone, and what was tried is cancelled.</summary>
    Compensated = 5,

    /// <summary>It cannot go on by itself: <see cref="ITransactionGrain.Resume"/>, <see cref="ITransactionGrain.Skip"/>.</summary>
    NeedsAttention = 6,

    /// <summary>
    /// Every step, or the pivot, was accepted, so that nothing is taken back any more; what was tried is being confirmed.
    /// </summary>
    Confirming = 7,
}
