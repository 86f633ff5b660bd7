namespace Phoenix;

/// <summary>Which dead letters; all that is given must be true.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-filter")]
public sealed record LetterFilter
{
    /// <summary>The reason's code, such as <c>handler-failed</c>.</summary>
    [Id(0)] public string? Reason { get; init; }

    /// <summary>The key of the record; of a command, timer or send the id of its aggregate.</summary>
    [Id(1)] public string? Key { get; init; }

    /// <summary>Put aside at this time or later.</summary>
    [Id(2)] public DateTimeOffset? Since { get; init; }

    /// <summary>Put aside before this time.</summary>
    [Id(3)] public DateTimeOffset? Until { get; init; }

    /// <summary>
    /// <c>command</c>, <c>subscription</c>, <c>timer</c>, <c>send</c>, <c>publication</c> or <c>transaction</c>. Null for all.
    /// </summary>
    [Id(4)] public string? Kind { get; init; }

    /// <summary>
    /// The name of the aggregate, subscription, publication or kind of transaction. Of a timer or send it is the aggregate that set it.
    /// </summary>
    [Id(5)] public string? Name { get; init; }

    /// <summary>The topic that the record stood in.</summary>
    [Id(6)] public string? Topic { get; init; }

    /// <summary><c>open</c> (default), <c>replayed</c>, <c>discarded</c>, or <c>all</c>.</summary>
    [Id(7)] public string State { get; init; } = "open";
}

/// <summary>Who changes something, and why.</summary>
/// <param name="Reason">Why, for the audit: 1 to 500 characters.</param>
/// <param name="Principal">Who; null when that is not known.</param>
[GenerateSerializer, Immutable, Alias("phoenix.letter-change")]
public sealed record LetterChange([property: Id(0)] string Reason, [property: Id(1)] string? Principal = null);

/// <summary>A page of letters.</summary>
/// <param name="Letters">The letters.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
[GenerateSerializer, Immutable, Alias("phoenix.letter-listing")]
public sealed record LetterListing([property: Id(0)] IReadOnlyList<LetterEntry> Letters, [property: Id(1)] string? Next);

/// <summary>A letter as a list shows it.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-entry")]
public sealed record LetterEntry
{
    /// <summary>Its id, for as long as it is listed.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>See <see cref="LetterFilter.Kind"/>.</summary>
    [Id(1)] public required string Kind { get; init; }

    /// <summary>See <see cref="LetterFilter.Name"/>.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>See <see cref="LetterFilter.Key"/>; bytes that are no text are replaced.</summary>
    [Id(3)] public required string Key { get; init; }

    /// <summary>The reason's code.</summary>
    [Id(4)] public required string Reason { get; init; }

    /// <summary>The reason in words.</summary>
    [Id(5)] public required string Message { get; init; }

    /// <summary>When it was given up.</summary>
    [Id(6)] public required DateTimeOffset Since { get; init; }

    /// <summary><c>open</c>, <c>replayed</c> or <c>discarded</c>.</summary>
    [Id(7)] public required string State { get; init; }

    /// <summary>When it was replayed or discarded.</summary>
    [Id(8)] public DateTimeOffset? SettledAt { get; init; }

    /// <summary>By whom.</summary>
    [Id(9)] public string? SettledBy { get; init; }

    /// <summary>Why.</summary>
    [Id(10)] public string? SettledWhy { get; init; }

    /// <summary>Where the record stood; null for what is no record.</summary>
    [Id(11)] public RecordPlace? Origin { get; init; }

    /// <summary>Where its letter stands; null for what is no record.</summary>
    [Id(12)] public RecordPlace? Letter { get; init; }

    /// <summary>The stream that it is about, <c>aggregate/id</c>, where name and key do not say it.</summary>
    [Id(13)] public string? Target { get; init; }

    /// <summary>How many bytes its body has; null for none.</summary>
    [Id(14)] public int? Bytes { get; init; }
}

/// <summary>A place in Kafka.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
[GenerateSerializer, Immutable, Alias("phoenix.record-place")]
public sealed record RecordPlace([property: Id(0)] string Topic, [property: Id(1)] int Partition, [property: Id(2)] long Offset);

/// <summary>A letter with its bytes.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-content")]
public sealed record LetterContent
{
    /// <summary>What a list shows of it.</summary>
    [Id(0)] public required LetterEntry Entry { get; init; }

    /// <summary>The key of the record as it was.</summary>
    [Id(1)] public byte[]? Key { get; init; }

    /// <summary>
    /// The body of the record as it was; of a timer or send its command, of a publication the event, of a transaction what it stopped with,
    /// as JSON.
    /// </summary>
    [Id(2)] public byte[]? Body { get; init; }

    /// <summary>All headers of the letter in their order: the record's, and behind them why it was put aside.</summary>
    [Id(3)] public IReadOnlyList<LetterHeader> Headers { get; init; } = [];

    /// <summary>
    /// Whether that is all. A letter above <c>Phoenix:DeadLetters:StoredBytes</c> is here with the first 4 KiB of its parts; its topic has
    /// the whole.
    /// </summary>
    [Id(4)] public bool Whole { get; init; } = true;
}

/// <summary>A header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its bytes, or null.</param>
[GenerateSerializer, Immutable, Alias("phoenix.letter-header")]
public sealed record LetterHeader([property: Id(0)] string Name, [property: Id(1)] byte[]? Value);

/// <summary>How a replay or discard of many is.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-replay")]
public sealed record ReplayStatus
{
    /// <summary>Its id.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary><c>replaying</c>, <c>replayed</c>, <c>discarding</c>, <c>discarded</c> or <c>stopped</c>.</summary>
    [Id(1)] public required string State { get; init; }

    /// <summary>Which letters.</summary>
    [Id(2)] public required LetterFilter Filter { get; init; }

    /// <summary>How many it was about when it began.</summary>
    [Id(3)] public required long Found { get; init; }

    /// <summary>How many were sent again, or discarded.</summary>
    [Id(4)] public required long Replayed { get; init; }

    /// <summary>How many could not be, such as those whose original is gone; they stay open.</summary>
    [Id(5)] public required long Skipped { get; init; }

    /// <summary>Why letters were skipped, or what it waits for.</summary>
    [Id(6)] public string? Trouble { get; init; }

    /// <summary>Who began it.</summary>
    [Id(7)] public string? Principal { get; init; }

    /// <summary>Why.</summary>
    [Id(8)] public required string Reason { get; init; }

    /// <summary>When, by the database's clock.</summary>
    [Id(9)] public required DateTimeOffset BegunAt { get; init; }

    /// <summary>When it last went on, or ended.</summary>
    [Id(10)] public required DateTimeOffset ChangedAt { get; init; }

    /// <summary><c>replay</c> or <c>discard</c>.</summary>
    [Id(11)] public string Verb { get; init; } = "replay";
}

/// <summary>A page of what was done.</summary>
/// <param name="Entries">What was done.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
[GenerateSerializer, Immutable, Alias("phoenix.letter-audit-listing")]
public sealed record LetterAuditListing([property: Id(0)] IReadOnlyList<LetterAuditEntry> Entries, [property: Id(1)] string? Next);

/// <summary>Something that was done with letters.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-audit-entry")]
public sealed record LetterAuditEntry
{
    /// <summary>When, by the database's clock.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>Who; null for the silos themselves, or when that is not known.</summary>
    [Id(1)] public string? Principal { get; init; }

    /// <summary>
    /// <c>replay</c>, <c>discard</c>, <c>replay-many</c>, <c>discard-many</c>, <c>replayed</c>, <c>discarded</c> and <c>stopped</c> (the
    /// ends of those), <c>expire</c>, or of timers and sends <c>again</c> and <c>cancel</c>.
    /// </summary>
    [Id(2)] public required string Verb { get; init; }

    /// <summary>The id of the letter or replay, or which letters.</summary>
    [Id(3)] public required string Subject { get; init; }

    /// <summary>How many letters.</summary>
    [Id(4)] public required long Letters { get; init; }

    /// <summary>Why.</summary>
    [Id(5)] public string? Reason { get; init; }

    /// <summary>What is nowhere else any more, such as the command of a timer that was discarded.</summary>
    [Id(6)] public string? Detail { get; init; }
}
