namespace Phoenix.Kafka;

/// <summary>A record whose messages are on their way: it is done when all of them are. Guarded by its intake.</summary>
/// <param name="record">The record itself.</param>
/// <param name="messages">How many messages it has; of pages none to begin with.</param>
/// <param name="isPaged">Whether pages of messages are to come, until <see cref="Close"/>. Each message then has a letter of its
/// own.</param>
internal sealed class ConvertedRecord(CachedRecord record, int messages, bool isPaged = false)
{
    private readonly List<DeadLetterReason> refusals = [];
    private int count = messages;
    private int ended;
    private bool isOpen = isPaged;

    /// <summary>The record itself.</summary>
    public CachedRecord Record { get; } = record;

    /// <summary>Whether its messages come in pages.</summary>
    public bool IsPaged { get; } = isPaged;

    /// <summary>How many messages are on their way.</summary>
    public int Pending => count - ended;

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
        ended++;
        return IsDone;
    }

    /// <summary>Notes a page.</summary>
    public void Add(int more) => count += more;

    /// <summary>No more pages come. True when all messages have ended.</summary>
    public bool Close()
    {
        isOpen = false;
        return IsDone;
    }

    private bool IsDone => !isOpen && ended == count;
}
