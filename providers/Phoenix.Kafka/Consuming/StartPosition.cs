namespace Phoenix.Kafka;

/// <summary>Where reading of a partition begins, and what was found to be gone.</summary>
/// <param name="Offset">First offset to read.</param>
/// <param name="Loss">What was lost or changed, or <see langword="null"/>.</param>
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

    /// <summary>The same, where the committed position says of which life of the topic it is: that of another life says nothing.</summary>
    /// <param name="committed">The position, or <see langword="null"/>.</param>
    /// <param name="mark">
    /// Its <see cref="PartitionLife.PositionMark"/>; <see langword="null"/> or the epoch of a leader: it says of none, and is believed.
    /// </param>
    /// <param name="now">That of the topic as it is.</param>
    /// <param name="low">First offset of the log.</param>
    /// <param name="end">End of the log.</param>
    public static StartPosition Decide(long? committed, int? mark, int? now, long low, long end) =>
        committed is { } offset && mark >= PartitionLife.LowestMark && now is not null && mark != now
        ? new(low, $"the committed offset {offset} is of an earlier life of the topic, which was recreated since; reading starts at {low}")
        : Decide(committed, low, end);
}
