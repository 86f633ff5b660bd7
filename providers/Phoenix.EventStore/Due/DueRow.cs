namespace Phoenix.EventStore;

/// <summary>
/// Something that falls due, remembered in the same transaction as the decision that wants it. Its owner is the stream that commits it.
/// </summary>
public sealed record DueRow
{
    /// <summary>Its name within the owner; a second row of the same name takes the place of the first.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks for.</summary>
    public required DueKind Kind { get; init; }

    /// <summary>Tells it from earlier and later rows of its name: the ledger's id of the command that wants it.</summary>
    public required Guid Generation { get; init; }

    /// <summary>How long after its commit it falls due, by PostgreSQL's clock. Default zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When it falls due, in place of <see cref="Delay"/>; the past is the time of the commit. Default null.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>After what time it falls due again, once it is delivered; null for a row that is delivered once.</summary>
    public TimeSpan? Period { get; init; }

    /// <summary>How long after it has fallen due the sweeper leaves it to a quicker way. Default zero.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>The stream that gets the command.</summary>
    public required string Target { get; init; }

    /// <summary>The command's logical name.</summary>
    public required string Command { get; init; }

    /// <summary>The command as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>The owner's command that tells it of a rejection of a send, or null.</summary>
    public DueTold? IfRejected { get; init; }

    /// <summary>The correlation id that the command gets, or null.</summary>
    public string? CorrelationId { get; init; }
}
