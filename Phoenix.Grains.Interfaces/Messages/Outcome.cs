using System.Text.Json;

namespace Phoenix.Messages;

/// <summary>How a decided command ended. Recorded in the ledger; every delivery of the same id gets the same.</summary>
public enum OutcomeStatus
{
    /// <summary>Decided, and its events, if any, are committed.</summary>
    Accepted = 1,

    /// <summary>A rule said no; <see cref="Outcome.Code"/> and <see cref="Outcome.Message"/> say why.</summary>
    Rejected = 2,
}

/// <summary>The recorded outcome of a command.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.outcome")]
public sealed record Outcome
{
    /// <summary>The command's id as it was sent.</summary>
    [Id(0)] public required string CommandId { get; init; }

    /// <summary>Accepted or rejected.</summary>
    [Id(1)] public required OutcomeStatus Status { get; init; }

    /// <summary>The aggregate's version before the command: the number of its events so far.</summary>
    [Id(2)] public required long VersionBefore { get; init; }

    /// <summary>The aggregate's version after the command.</summary>
    [Id(3)] public required long VersionAfter { get; init; }

    /// <summary>The rejection's code, or null.</summary>
    [Id(4)] public string? Code { get; init; }

    /// <summary>The rejection's message, or null.</summary>
    [Id(5)] public string? Message { get; init; }

    /// <summary>The reply value as JSON, or null.</summary>
    [Id(6)] public string? ReplyJson { get; init; }

    /// <summary>True when the command had been decided before and this is its recorded outcome.</summary>
    [Id(7)] public bool Repeated { get; init; }

    /// <summary>
    /// True when the handler gave a reply value that did not fit into the caller's reply topic. The command took effect; ask a query, or
    /// the same id by a grain call or HTTP.
    /// </summary>
    [Id(8)] public bool ReplyLeftOut { get; init; }

    /// <summary>True when the command was accepted.</summary>
    public bool IsAccepted => Status == OutcomeStatus.Accepted;

    /// <summary>The reply value, or default when there is none.</summary>
    /// <exception cref="InvalidOperationException">There is one, and it was too large for the caller's reply topic
    /// (<see cref="ReplyLeftOut"/>).</exception>
    public T? Reply<T>()
    {
        if (ReplyLeftOut)
            throw new InvalidOperationException(
                $"Command {CommandId} was accepted at version {VersionAfter}, but its reply value was too large for the reply topic and was left out. " +
                "Ask a query, or raise the reply topic's max.message.bytes.");
        return ReplyJson is null ? default : JsonSerializer.Deserialize<T>(ReplyJson, PhoenixJson.State);
    }
}
