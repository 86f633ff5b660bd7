using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Reads them from explicit positions, without a group's offsets.</summary>
internal sealed class DeadLetterTopics(IOptions<KafkaSenderOptions> options, IKafkaSender sender) : IDeadLetterTopics
{
    private readonly TopicReading reading = new(options.Value);

    public async Task<IReadOnlyList<ListedLetter>?> ListAsync(string deadLetterTopic, int limit, (int Partition, long Offset)? before, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (await PartitionsAsync(deadLetterTopic) is not { } partitions || before?.Partition >= partitions) return null;
        var wanted = before is { } place ? [new TopicPartition(deadLetterTopic, place.Partition)] : Enumerable.Range(0, partitions).Select(number => new TopicPartition(deadLetterTopic, number));
        var newest = new NewestLetters(limit);
        await ReadAsync(
            wanted, log => Math.Max(log.Low, Math.Min(log.High, before?.Offset ?? log.High) - limit), before?.Offset ?? long.MaxValue, newest.Add, cancellationToken);
        return newest.ToList();
    }

    public async Task<KafkaMessage?> FindAsync(string deadLetterTopic, int partition, long offset, CancellationToken cancellationToken)
    {
        if (await PartitionsAsync(deadLetterTopic) is not { } partitions || partition < 0 || partition >= partitions || offset < 0) return null;
        KafkaMessage? found = null;
        await ReadAsync(
            [new(deadLetterTopic, partition)],
            log => Math.Clamp(offset, log.Low, log.High),
            offset + 1,
            letter => found = letter.Offset == offset ? letter : found,
            cancellationToken);
        return found;
    }

    public async Task<KafkaReceipt> ReplayAsync(KafkaMessage letter, string topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var leftOut = LeftOutText.Read(letter);
        var whole = leftOut.HasFlag(LeftOut.Body) ? await OriginalAsync(letter, topic, cancellationToken) : letter;
        var headers = whole.Headers.Where(header => !header.Name.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)).ToList();
        if (headers.TrueForAll(header => header.Name != CloudEventHeaders.Id) && Text(letter, DeadLetterHeaders.Id) is { } identity)
            headers.Add(new(CloudEventHeaders.Id, identity));
        var record = KafkaRecord.Copy(whole, topic) with { Headers = headers };
        return await sender.SendAsync(leftOut == LeftOut.Key ? record with { RawKey = null } : record, cancellationToken);
    }

    // What the letter says of its origin is believed only if the record there has the letter's identity.
    private async Task<KafkaMessage> OriginalAsync(KafkaMessage letter, string topic, CancellationToken cancellationToken)
    {
        var description = await DescribeAsync(topic);
        if (description is not null
            && int.TryParse(Text(letter, DeadLetterHeaders.Partition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && long.TryParse(Text(letter, DeadLetterHeaders.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            && await FindAsync(topic, partition, offset, cancellationToken) is { } found
            && found with { TopicIncarnation = description.Incarnation } is var original
            && RecordIdentity.Of(original) == Text(letter, DeadLetterHeaders.Id))
            return original;
        throw new KafkaRejectedException(
            KafkaRejectedException.OriginalGone,
            $"The letter at offset {letter.Offset} of partition {letter.Partition} was too large to be written whole, and its original is gone from '{topic}'. "
            + "Ask its sender to send it again.");
    }

    private static string? Text(KafkaMessage letter, string name) => letter.Headers.LastOrDefault(header => header.Name == name)?.Text;

    private async Task<int?> PartitionsAsync(string topic) => (await DescribeAsync(topic))?.Partitions;

    private async Task<TopicDescription?> DescribeAsync(string topic)
    {
        try
        {
            using var topics = new KafkaTopics(options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly());
            return await topics.DescribeAsync(topic);
        }
        catch (KafkaException error)
        {
            throw Unavailable(topic, error);
        }
    }

    private Task ReadAsync(
        IEnumerable<TopicPartition> partitions,
        Func<(long Low, long High), long> from,
        long below,
        Action<KafkaMessage> take,
        CancellationToken cancellationToken) =>
        reading.ReadAsync([.. partitions], (_, log) => (from(log), below), consumed => take(CloudEventCodec.Decode(consumed, "")), cancellationToken);

    private KafkaUnavailableException Unavailable(string topic, KafkaException error) => new($"read the dead letters of '{topic}'", options.Value.BootstrapServers, error);
}
