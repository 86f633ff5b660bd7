namespace Phoenix.EventStore;

/// <summary>A due row as it is stored.</summary>
public sealed record DueItem
{
    /// <summary>The stream that owns it.</summary>
    public required string Owner { get; init; }

    /// <summary>Which row of the owner's.</summary>
    public required DueReference Reference { get; init; }

    /// <summary>What it asks for.</summary>
    public required DueKind Kind { get; init; }

    /// <summary>When it was or is to be delivered, by PostgreSQL's clock.</summary>
    public required DateTimeOffset Scheduled { get; init; }

    /// <summary>When it is tried next; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>After what time it falls due again; null for a row that is delivered once.</summary>
    public TimeSpan? Period { get; init; }

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

    /// <summary>How often its handler failed.</summary>
    public required int Attempts { get; init; }

    /// <summary>The code of its last failure, or null.</summary>
    public string? LastError { get; init; }

    /// <summary>Since when it is a dead letter, or null.</summary>
    public DateTimeOffset? DeadSince { get; init; }
}

/// <summary>Some of the rows that are due.</summary>
/// <param name="Now">PostgreSQL's time when it looked.</param>
/// <param name="Items">The rows, the longest overdue first.</param>
/// <param name="More">Whether there are more behind them.</param>
public sealed record DuePage(DateTimeOffset Now, IReadOnlyList<DueItem> Items, bool More);

/// <summary>A place in the order of due rows; a page begins behind it.</summary>
/// <param name="Due">When the row is due.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Name">Its name.</param>
public readonly record struct DuePlace(DateTimeOffset Due, string Owner, string Name)
{
    /// <summary>Before all rows.</summary>
    public static DuePlace First { get; } = From(DateTimeOffset.MinValue);

    /// <summary>Before all rows that are due at this time or later.</summary>
    public static DuePlace From(DateTimeOffset due) => new(due, "", "");

    /// <summary>At this row.</summary>
    public static DuePlace Of(DueItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new(item.Due, item.Owner, item.Reference.Name);
    }
}
