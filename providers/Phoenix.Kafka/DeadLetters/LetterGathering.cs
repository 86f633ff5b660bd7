namespace Phoenix.Kafka;

/// <summary>Gathers letters into pieces that are bounded in number and bytes.</summary>
/// <param name="topic">Their topic.</param>
/// <param name="life">Its life.</param>
/// <param name="keep">Keeps a piece.</param>
internal sealed class LetterGathering(string topic, string life, Func<LetterPiece, Task> keep)
{
    private const int MaxLetters = 500;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Dictionary<int, long> next = [];
    private List<KafkaMessage> letters = [];
    private long bytes;

    public string Life => life;

    /// <summary>Told with the next piece.</summary>
    public long Missed { get; set; }

    public async Task AddAsync(KafkaMessage letter)
    {
        letters.Add(letter);
        next[letter.Partition] = letter.Offset + 1;
        bytes += letter.Body.Length + (letter.RawKey?.Length ?? 0) + letter.Headers.Sum(header => header.Value?.Length ?? 0);
        if (letters.Count >= MaxLetters || bytes >= MaxBytes) await TurnAsync();
    }

    /// <summary>Keeps the rest; partitions are read up to these ends, whatever the last records before them were.</summary>
    public Task EndAsync(IEnumerable<(int Partition, long End)> ends)
    {
        foreach (var (partition, end) in ends) next[partition] = end;
        return next.Count > 0 ? TurnAsync() : Task.CompletedTask;
    }

    private async Task TurnAsync()
    {
        await keep(new(topic, life, letters, [.. next.Select(one => new LetterPosition(topic, one.Key, life, one.Value))], Missed));
        (letters, bytes, Missed) = ([], 0, 0);
    }
}
