using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Reads with a consumer of its own for each call, from explicit positions and without a group's offsets.</summary>
internal sealed class DeadLetterTopics(IOptions<KafkaSenderOptions> options, IKafkaSender sender) : IDeadLetterTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    public async Task<IReadOnlyList<KafkaMessage>?> ListAsync(string deadLetterTopic, int limit, (int Partition, long Offset)? before, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (await PartitionsAsync(deadLetterTopic) is not { } partitions || before?.Partition >= partitions) return null;
        var wanted = before is { } place ? [new TopicPartition(deadLetterTopic, place.Partition)] : Enumerable.Range(0, partitions).Select(number => new TopicPartition(deadLetterTopic, number));
        var letters = await ReadAsync(wanted, log => Math.Max(log.Low, Math.Min(log.High, before?.Offset ?? log.High) - limit), before?.Offset ?? long.MaxValue, cancellationToken);
        return [.. letters.OrderByDescending(letter => letter.Timestamp).ThenByDescending(letter => letter.Offset).Take(limit)];
    }

    public async Task<KafkaMessage?> FindAsync(string deadLetterTopic, int partition, long offset, CancellationToken cancellationToken)
    {
        if (await PartitionsAsync(deadLetterTopic) is not { } partitions || partition < 0 || partition >= partitions || offset < 0) return null;
        var letters = await ReadAsync([new(deadLetterTopic, partition)], log => Math.Clamp(offset, log.Low, log.High), offset + 1, cancellationToken);
        return letters.Find(letter => letter.Offset == offset);
    }

    public Task<KafkaReceipt> ReplayAsync(KafkaMessage letter, string topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var headers = letter.Headers.Where(header => !header.Name.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)).ToList();
        if (headers.TrueForAll(header => header.Name != CloudEventHeaders.Id) && letter.Headers.LastOrDefault(header => header.Name == DeadLetterHeaders.Id)?.Text is { } identity)
            headers.Add(new(CloudEventHeaders.Id, identity));
        return sender.SendAsync(KafkaRecord.Copy(letter, topic) with { Headers = headers }, cancellationToken);
    }

    private async Task<int?> PartitionsAsync(string topic)
    {
        try
        {
            using var topics = new KafkaTopics(options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly());
            return (await topics.DescribeAsync(topic))?.Partitions;
        }
        catch (KafkaException error)
        {
            throw Unavailable(topic, error);
        }
    }

    private Task<List<KafkaMessage>> ReadAsync(
        IEnumerable<TopicPartition> partitions, Func<(long Low, long High), long> from, long below, CancellationToken cancellationToken) => Task.Run(() =>
    {
        var list = partitions.ToList();
        try
        {
            return Read(list, from, below, cancellationToken);
        }
        catch (KafkaException error)
        {
            throw Unavailable(list[0].Topic, error);
        }
    }, cancellationToken);

    private List<KafkaMessage> Read(List<TopicPartition> partitions, Func<(long Low, long High), long> from, long below, CancellationToken cancellationToken)
    {
        using var consumer = Consumer();
        var ends = new Dictionary<TopicPartition, long>();
        var starts = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            var log = consumer.QueryWatermarkOffsets(partition, Patience);
            var (start, end) = (from((log.Low.Value, log.High.Value)), Math.Min(log.High.Value, below));
            if (start >= end) continue;
            starts.Add(new(partition, start));
            ends.Add(partition, end);
        }

        var letters = new List<KafkaMessage>();
        consumer.Assign(starts);
        for (var idle = TimeSpan.Zero; ends.Count > 0; cancellationToken.ThrowIfCancellationRequested())
        {
            if (consumer.Consume(PollTimeout) is not { } consumed)
            {
                if ((idle += PollTimeout) > Patience) throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{ends.Count} partition(s) gave nothing for {Patience.TotalSeconds:0} s"));
                continue;
            }

            idle = TimeSpan.Zero;
            if (!ends.TryGetValue(consumed.TopicPartition, out var end)) continue;
            if (!consumed.IsPartitionEOF && consumed.Offset < end) letters.Add(CloudEventCodec.Decode(consumed, ""));
            if (consumed.IsPartitionEOF || consumed.Offset + 1 >= end) ends.Remove(consumed.TopicPartition);
        }

        return letters;
    }

    private IConsumer<byte[]?, byte[]?> Consumer() => new ConsumerBuilder<byte[]?, byte[]?>(ClientProperties.Merge(
        new ConsumerConfig
        {
            BootstrapServers = options.Value.BootstrapServers,
            // No group is joined and nothing committed; librdkafka wants a name all the same.
            GroupId = "phoenix.dead-letters",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 5,
        },
        options.Value.ExtraProperties)).Build();

    private KafkaUnavailableException Unavailable(string topic, KafkaException error) => new($"read the dead letters of '{topic}'", options.Value.BootstrapServers, error);
}
