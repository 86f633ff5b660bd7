namespace Phoenix.Kafka;

/// <summary>How one partition is doing: one that this silo reads, or one that another should read and no silo moves on.</summary>
public sealed record PartitionHealth
{
    /// <summary>Stream provider name.</summary>
    public required string Provider { get; init; }

    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Partition.</summary>
    public required int Partition { get; init; }

    /// <summary>
    /// Whether this silo reads it. One that it does not read is told only when it has records and its committed position stands.
    /// </summary>
    public bool IsReadHere { get; init; } = true;

    /// <summary>When the client was last asked for records; <see langword="null"/> before the partition was taken over.</summary>
    public DateTimeOffset? LastPoll { get; init; }

    /// <summary>
    /// When the partition's pulling agent last came for records, which it does at least every <see cref="KafkaStreamOptions.LongPoll"/>;
    /// <see langword="null"/> before it first did.
    /// </summary>
    public DateTimeOffset? LastVisit { get; init; }

    /// <summary>Position that the broker has confirmed; <see langword="null"/> while there is none.</summary>
    public long? CommittedOffset { get; init; }

    /// <summary>All records below this offset are done.</summary>
    public long? DoneOffset { get; init; }

    /// <summary>Log end offset as last told by the broker.</summary>
    public long? EndOffset { get; init; }

    /// <summary>Records between <see cref="DoneOffset"/> and <see cref="EndOffset"/>.</summary>
    public long? Lag => EndOffset is { } end && DoneOffset is { } done ? Math.Max(0, end - done) : null;

    /// <summary>Records read and not done.</summary>
    public long Undecided { get; init; }

    /// <summary>
    /// Keys that the silo remembers something about: they have records, or had some within <see cref="KafkaStreamOptions.KeyInactivity"/>.
    /// </summary>
    public int Keys { get; init; }

    /// <summary>Whether reading pauses, because too much is undecided or its topic is switched off.</summary>
    public bool Paused { get; init; }

    /// <summary>Whether its topic is switched off (<see cref="IConsumptionSwitch"/>).</summary>
    public bool SwitchedOff { get; init; }

    /// <summary>Offsets that were gone from the log before they were read, since this silo took the partition over.</summary>
    public long LostRecords { get; init; }

    /// <summary>Since when something is wrong; <see langword="null"/> when nothing is.</summary>
    public DateTimeOffset? UnhealthySince { get; init; }

    /// <summary>
    /// What is wrong and what to do; <see langword="null"/> when nothing is. May hold keys and messages of exceptions: not for everyone's
    /// eyes.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The kind of thing that is wrong, in words without keys, addresses or messages of exceptions; <see langword="null"/> when nothing is.
    /// </summary>
    public string? Summary { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsHealthy => UnhealthySince is null;
}
