namespace Phoenix.Kafka;

/// <summary>Where to start reading a partition, and what was found missing.</summary>
/// <param name="Offset">First offset to read.</param>
/// <param name="Loss">What is gone, or <see langword="null"/>.</param>
/// <param name="LostRecords">Offsets that are certainly gone unread.</param>
internal readonly record struct StartPosition(long Offset, string? Loss = null, long LostRecords = 0)
{
    /// <summary>Decides from the committed position (if any) and the first and end offset of the log.</summary>
    public static StartPosition Decide(long? committed, long low, long end) => committed switch
    {
        null => new(low),
        { } offset when offset < low => new(
            low,
            $"offsets {offset} to {low - 1} are gone from the log before they were read (retention, or deleted records)",
            low - offset),
        { } offset when offset > end => new(
            low,
            $"the committed offset {offset} lies beyond the log's end {end}: the topic was recreated or truncated; reading starts at {low}"),
        { } offset => new(offset),
    };
}
