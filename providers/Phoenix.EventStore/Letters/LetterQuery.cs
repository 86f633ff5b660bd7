namespace Phoenix.EventStore;

/// <summary>Which letters; all that is given must be true.</summary>
public sealed record LetterQuery
{
    /// <summary>Of these kinds; null for all.</summary>
    public IReadOnlyList<LetterKind>? Kinds { get; init; }

    /// <summary>The name of the aggregate, subscription, publication or kind of transaction.</summary>
    public string? Name { get; init; }

    /// <summary>The topic that the record stood in.</summary>
    public string? Topic { get; init; }

    /// <summary>The reason's code.</summary>
    public string? Reason { get; init; }

    /// <summary>The key of the record, or the id of the aggregate.</summary>
    public string? Key { get; init; }

    /// <summary>Given up at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Given up before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What became of them; null for all.</summary>
    public LetterState? State { get; init; } = LetterState.Open;
}

/// <summary>
/// Names a letter, whatever it is: of a record topic, <c>life:partition</c> and offset; of a timer or send owner and name; of a publication
/// its name, the stream and the event's number; of a transaction its stream and the event's version.
/// </summary>
/// <param name="Kind">What gave up.</param>
/// <param name="First">The first part of its name.</param>
/// <param name="Second">The second part.</param>
/// <param name="Number">The third part.</param>
/// <param name="Guard">What else must be so for it to be the same: of a timer or send the generation; else empty.</param>
public sealed record LetterName(LetterKind Kind, string First, string Second, long Number, string Guard = "")
{
    /// <summary>Whether it is the letter of a record.</summary>
    public bool IsRecord => Kind is LetterKind.Command or LetterKind.Subscription;

    /// <summary>Whether it is a timer or a send.</summary>
    public bool IsDue => Kind is LetterKind.Timer or LetterKind.Send;

    /// <summary>Where the letter of a record stands; null when the name is none of such a letter.</summary>
    public LetterPlace? Place => IsRecord && Second.LastIndexOf(':') is > 0 and var colon
        && int.TryParse(Second[(colon + 1)..], out var partition)
        ? new(First, Second[..colon], partition, Number) : null;
}

/// <summary>A letter as a list shows it.</summary>
public sealed record LetterRow
{
    /// <summary>Its name.</summary>
    public required LetterName LetterName { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The name of the aggregate, subscription, publication or kind of transaction.</summary>
    public required string Name { get; init; }

    /// <summary>The key of the record, or the id of the aggregate.</summary>
    public required string Key { get; init; }

    /// <summary>The reason's code.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason in words.</summary>
    public required string Message { get; init; }

    /// <summary>What became of it.</summary>
    public required LetterState State { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>By whom.</summary>
    public string? SettledBy { get; init; }

    /// <summary>Why.</summary>
    public string? SettledWhy { get; init; }

    /// <summary>The record's topic; null for what is no record.</summary>
    public string? OriginTopic { get; init; }

    /// <summary>The record's partition.</summary>
    public int? OriginPartition { get; init; }

    /// <summary>The record's offset.</summary>
    public long? OriginPosition { get; init; }

    /// <summary>The stream that it is about, where that is another than name and key say.</summary>
    public string? Target { get; init; }

    /// <summary>How many bytes the body has.</summary>
    public int? BodyBytes { get; init; }

    /// <summary>Of what is no record: its content as JSON, of <see cref="LetterQueries.FindAsync"/> only.</summary>
    public string? Content { get; init; }
}
