namespace Phoenix.Kafka;

/// <summary>A record whose messages are on their way: it is done when all of them are. Guarded by its intake.</summary>
internal sealed class ConvertedRecord(CachedRecord record, int messages)
{
    private readonly List<DeadLetterReason> refusals = [];
    private readonly int count = messages;
    private int ended;

    /// <summary>The record itself.</summary>
    public CachedRecord Record { get; } = record;

    /// <summary>Why it is put aside; <see langword="null"/> when no message was refused.</summary>
    public DeadLetterReason? Refusal => refusals.Count switch
    {
        0 => null,
        1 => refusals[0],
        _ => new(refusals[0].Code, $"{refusals.Count} of {count} messages: {string.Join(" ", refusals.Select(reason => reason.Message))}"),
    };

    /// <summary>One of its messages has ended. True when it was the last.</summary>
    public bool EndOne(DeadLetterReason? refusal)
    {
        if (refusal is not null)
            refusals.Add(refusal);
        return ++ended == count;
    }
}
