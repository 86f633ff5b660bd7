namespace Phoenix.EventStore;

/// <summary>A replay or discard of many letters.</summary>
public sealed record LetterReplay
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether its letters are discarded.</summary>
    public required bool Discards { get; init; }

    /// <summary>Which letters, as whoever began it writes that.</summary>
    public required string Filter { get; init; }

    /// <summary><c>replaying</c>, <c>replayed</c>, <c>discarding</c>, <c>discarded</c> or <c>stopped</c>.</summary>
    public required string State { get; init; }

    /// <summary>How many there were when it began.</summary>
    public required long Found { get; init; }

    /// <summary>How many were sent again, or discarded.</summary>
    public required long Replayed { get; init; }

    /// <summary>How many could not be.</summary>
    public required long Skipped { get; init; }

    /// <summary>The last letter of the last page; empty at the beginning.</summary>
    public required string Cursor { get; init; }

    /// <summary>Why letters were skipped, or what it waits for.</summary>
    public string? Trouble { get; init; }

    /// <summary>Who began it.</summary>
    public string? Principal { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>When it last went on.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
