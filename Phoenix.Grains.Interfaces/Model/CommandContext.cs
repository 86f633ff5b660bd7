namespace Phoenix.Model;

/// <summary>What a handler may know about the command it decides, beside the command and the state.</summary>
public sealed record CommandContext
{
    /// <summary>The id of the aggregate that decides.</summary>
    public required string AggregateId { get; init; }

    /// <summary>The identity of the command: the same id has one effect (guarantee 1).</summary>
    public required string CommandId { get; init; }

    /// <summary>The time of the decision. Use it instead of the clock: tests set it, and a trial in the past gets the past.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The version of the state the handler sees: the number of events applied so far.</summary>
    public long Version { get; init; }

    /// <summary>Who sent the command, as authenticated by the entrance, or null.</summary>
    public string? Principal { get; init; }

    /// <summary>Ties together the messages of one business process, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Headers of the sender; they are stored with the events.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = EmptyHeaders;

    /// <summary>Cancelled when the handler's time limit (default 10 s) has passed: pass it on to what you call.</summary>
    public CancellationToken Cancellation { get; init; }

    internal Transactions.EndReply? ReplyAtEnd { get; init; }

    internal static readonly IReadOnlyDictionary<string, string> EmptyHeaders = new Dictionary<string, string>();
}

/// <summary>What an <c>Answer</c> method may know beside the query and the state.</summary>
/// <param name="AggregateId">The id of the aggregate that answers.</param>
/// <param name="Now">The time of the answer.</param>
/// <param name="Version">The number of events in the state.</param>
public sealed record QueryContext(string AggregateId, DateTimeOffset Now, long Version);
