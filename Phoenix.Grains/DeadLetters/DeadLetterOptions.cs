namespace Phoenix.DeadLetters;

/// <summary>How dead letters are kept for operators. Bound from <c>Phoenix:DeadLetters</c>.</summary>
public sealed class DeadLetterOptions
{
    /// <summary>How often dead-letter topics are looked at, and replays taken up. Default 1 s.</summary>
    public TimeSpan ReadEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Largest letter in bytes, of key, headers and body together, that the database keeps whole; of a larger one it keeps the beginnings,
    /// and its topic has the rest. Default 64 KiB.
    /// </summary>
    public int StoredBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How long letters are kept in the database that were replayed or discarded, from then on. Also ended replays. Default 30 days.
    /// </summary>
    public TimeSpan KeepSettled { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long letters of records are kept in the database that nobody has replayed or discarded; those of timers, sends, publications and
    /// transactions stay until somebody does. Default 90 days.
    /// </summary>
    public TimeSpan KeepOpen { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long it is kept who did what with dead letters, and why. Default 730 days.</summary>
    public TimeSpan KeepAudit { get; set; } = TimeSpan.FromDays(730);

    internal IEnumerable<string> Problems()
    {
        if (ReadEvery < TimeSpan.FromMilliseconds(10) || ReadEvery > TimeSpan.FromMinutes(1))
            yield return $"Phoenix:DeadLetters:ReadEvery is 10 ms to 1 min; found {ReadEvery}.";
        if (StoredBytes is < 0 or > 1024 * 1024) yield return $"Phoenix:DeadLetters:StoredBytes is 0 to 1,048,576; found {StoredBytes}.";
        if (KeepSettled < TimeSpan.FromHours(1)) yield return $"Phoenix:DeadLetters:KeepSettled is at least 1 h; found {KeepSettled}.";
        if (KeepOpen < TimeSpan.FromDays(1)) yield return $"Phoenix:DeadLetters:KeepOpen is at least 1 day; found {KeepOpen}.";
        if (KeepAudit < TimeSpan.FromDays(1)) yield return $"Phoenix:DeadLetters:KeepAudit is at least 1 day; found {KeepAudit}.";
    }
}
