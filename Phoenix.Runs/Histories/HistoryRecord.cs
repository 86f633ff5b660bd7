using System.Text.Json.Serialization;

namespace Phoenix.Runs.Histories;

/// <summary>
/// One line of a client's history: what it did or learned. "Sent" is written before the message leaves, everything else when it is known.
/// </summary>
internal sealed record HistoryRecord
{
    public required ClientEvent Event { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long At { get; init; }

    /// <summary>Which client process.</summary>
    public required int Client { get; init; }

    /// <summary>The account's id.</summary>
    public required string Stream { get; init; }

    public required string CommandId { get; init; }

    public long? Before { get; init; }

    public long? After { get; init; }

    /// <summary>Code of a rejection or failure.</summary>
    public string? Code { get; init; }

    /// <summary>The reply's value as JSON.</summary>
    public string? Reply { get; init; }

    public bool Repeated { get; init; }
}

/// <summary>What a client did or learned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClientEvent>))]
internal enum ClientEvent
{
    /// <summary>About to be sent.</summary>
    Sent,

    /// <summary>Answered: accepted.</summary>
    Accepted,

    /// <summary>Answered: a rule said no.</summary>
    Rejected,

    /// <summary>Answered: could not be decided.</summary>
    Failed,

    /// <summary>Not answered in time.</summary>
    Unknown,

    /// <summary>The transaction has ended: completed.</summary>
    Completed,

    /// <summary>The transaction has ended: undone.</summary>
    Compensated,

    /// <summary>The start of a transaction was not taken: too many are under way.</summary>
    Refused,
}
