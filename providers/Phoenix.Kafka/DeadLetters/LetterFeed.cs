using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Asks for the ends of all partitions at once, and reads where something is new. A topic's life is asked for before and after each piece:
/// the client reads on in silence when a topic was made anew.
/// </summary>
internal sealed class LetterFeed(KafkaSenderOptions options, TimeProvider time) : ILetterFeed, IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly TopicReading reading = new(options);
    private readonly KafkaTopics admin = new(options.BootstrapServers, options.ExtraProperties.AsReadOnly());
    private readonly Dictionary<string, (TopicDescription? Description, long At)> known = [];

    public async Task ReadAsync(
        IReadOnlyCollection<string> topics, IReadOnlyCollection<LetterPosition> positions, Func<LetterPiece, Task> take,
        CancellationToken cancellationToken)
    {
        var described = new List<TopicDescription>();
        foreach (var topic in topics)
        {
            if (await DescribeAsync(topic) is { } found) described.Add(found);
        }

        var ends = await EndsAsync([.. described.SelectMany(PartitionsOf)]);
        foreach (var topic in described)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var mine = positions.Where(position => position.Topic == topic.Topic).ToDictionary(position => position.Partition);
            // One that is gone, or made anew with fewer records, is described at once when it is looked at again.
            if (!PartitionsOf(topic).All(ends.ContainsKey)) known.Remove(topic.Topic);
            else if (PartitionsOf(topic).Any(one => ends[one] != Next(mine, one, at => IsOf(at, topic))))
                await ReadAsync(topic.Topic, mine, ends, take, cancellationToken);
        }
    }

    public void Dispose() => admin.Dispose();

    private async Task ReadAsync(
        string topic, Dictionary<int, LetterPosition> positions, IReadOnlyDictionary<TopicPartition, long> ends,
        Func<LetterPiece, Task> take, CancellationToken cancellationToken)
    {
        known.Remove(topic);
        if (await DescribeAsync(topic) is not { } described) return;
        var partitions = PartitionsOf(described).Where(ends.ContainsKey).ToList();
        var piece = new LetterGathering(topic, LifeOf(described, positions.Values, partitions, ends), KeepAsync);
        var from = partitions.ToDictionary(one => one, one => Next(positions, one, at => at.Life == piece.Life));
        var behind = partitions.Where(one => from[one] < ends[one]).ToList();
        try
        {
            await reading.ReadAsync(
                behind,
                (partition, log) =>
                {
                    if (from[partition] > 0) piece.Missed += Math.Max(0, Math.Min(log.Low, ends[partition]) - from[partition]);
                    return (Math.Max(log.Low, from[partition]), ends[partition]);
                },
                // The consumer has a thread of its own here, which may wait.
                consumed => piece.AddAsync(CloudEventCodec.Decode(consumed, piece.Life)).GetAwaiter().GetResult(),
                cancellationToken);
            await piece.EndAsync(behind.Select(one => (one.Partition.Value, ends[one])));
        }
        catch (LifeOverException)
        {
            known.Remove(topic);
        }

        async Task KeepAsync(LetterPiece letters)
        {
            if ((await admin.DescribeAsync(topic))?.Incarnation != described.Incarnation) throw new LifeOverException();
            await take(letters);
        }
    }

    // A broker without topic ids tells lives apart only by a log that has become shorter.
    private string LifeOf(
        TopicDescription topic, IEnumerable<LetterPosition> positions, List<TopicPartition> partitions,
        IReadOnlyDictionary<TopicPartition, long> ends)
    {
        if (topic.HasTopicId) return topic.Incarnation;
        var of = positions.Where(position => IsOf(position, topic)).ToList();
        var isShorter = of.Exists(position =>
            partitions.Exists(one => one.Partition.Value == position.Partition && ends[one] < position.Next));
        return of.Count > 0 && !isShorter
            ? of[0].Life : $"{topic.Incarnation}#{time.GetUtcNow().ToUnixTimeMilliseconds()}";
    }

    private static bool IsOf(LetterPosition position, TopicDescription topic) => topic.HasTopicId
        ? position.Life == topic.Incarnation : position.Life.StartsWith($"{topic.Incarnation}#", StringComparison.Ordinal);

    private static long Next(Dictionary<int, LetterPosition> positions, TopicPartition partition, Func<LetterPosition, bool> isThisLife) =>
        positions.GetValueOrDefault(partition.Partition.Value) is { } position && isThisLife(position) ? position.Next : 0;

    private static IEnumerable<TopicPartition> PartitionsOf(TopicDescription topic) =>
        Enumerable.Range(0, topic.Partitions).Select(number => new TopicPartition(topic.Topic, number));

    private async Task<TopicDescription?> DescribeAsync(string topic)
    {
        if (known.TryGetValue(topic, out var last) && time.GetElapsedTime(last.At) < Remembered) return last.Description;
        var found = await admin.DescribeAsync(topic);
        known[topic] = (found, time.GetTimestamp());
        return found;
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions)
    {
        if (partitions.Count == 0) return new Dictionary<TopicPartition, long>();
        try
        {
            return await admin.EndOffsetsAsync(partitions);
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException("tell where the dead-letter topics end", options.BootstrapServers, error);
        }
    }

    private sealed class LifeOverException : Exception;
}
