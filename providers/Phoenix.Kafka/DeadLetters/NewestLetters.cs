namespace Phoenix.Kafka;

/// <summary>The newest of the letters that pass by, in short; what is older than they are is let go at once.</summary>
internal sealed class NewestLetters(int limit)
{
    private readonly PriorityQueue<ListedLetter, (DateTimeOffset, long)> oldestFirst = new();

    public void Add(KafkaMessage letter)
    {
        var age = (letter.Timestamp, letter.Offset);
        if (oldestFirst.Count < limit)
            oldestFirst.Enqueue(ListedLetter.Of(letter), age);
        else if (oldestFirst.TryPeek(out _, out var oldest) && age.CompareTo(oldest) > 0)
            oldestFirst.DequeueEnqueue(ListedLetter.Of(letter), age);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ListedLetter> ToList() =>
        [.. oldestFirst.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element)];
}
