namespace Phoenix.EventStore;

/// <summary>How a recorded command ended.</summary>
public enum RecordedOutcome : short
{
    /// <summary>Decided, and its events, if any, are committed with it.</summary>
    Accepted = 1,

    /// <summary>A rule said no.</summary>
    Rejected = 2,
}

/// <summary>One command's row in the ledger.</summary>
public sealed record CommandRecord
{
    /// <summary>The command's identity in the ledger; see <see cref="CommandIdentity"/>.</summary>
    public required Guid Id { get; init; }

    /// <summary>The id as it was sent, when that was no UUID; else null.</summary>
    public string? OriginalId { get; init; }

    /// <summary>How it ended.</summary>
    public required RecordedOutcome Outcome { get; init; }

    /// <summary>The rejection's code, or null.</summary>
    public string? Code { get; init; }

    /// <summary>The rejection's message, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The reply as JSON, or null.</summary>
    public string? Reply { get; init; }

    /// <summary>The stream's version before the command.</summary>
    public required long VersionBefore { get; init; }

    /// <summary>The stream's version after the command.</summary>
    public required long VersionAfter { get; init; }

    /// <summary>The command's logical name.</summary>
    public required string Name { get; init; }

    /// <summary>Who sent it, or null.</summary>
    public string? Principal { get; init; }

    /// <summary>The way it came, or null.</summary>
    public string? Source { get; init; }

    /// <summary>A hash over its content; the same id with another hash is another command.</summary>
    public required byte[] PayloadHash { get; init; }

    /// <summary>The command as JSON; kept for rejections, so that an auditor sees what was refused. Null for others.</summary>
    public string? Payload { get; init; }

    /// <summary>When it was recorded, by PostgreSQL's clock; set when read.</summary>
    public DateTimeOffset RecordedAt { get; init; }
}
