using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Reads with a consumer of its own for each call, from explicit positions and without a group's offsets.</summary>
internal sealed class DeadLetterTopics(IOptions<KafkaSenderOptions> options, IKafkaSender sender) : IDeadLetterTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

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

    public async Task<bool> ReadAsync(string deadLetterTopic, Func<KafkaMessage, Task> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(take);
        if (await PartitionsAsync(deadLetterTopic) is not { } partitions) return false;
        var all = Enumerable.Range(0, partitions).Select(number => new TopicPartition(deadLetterTopic, number));
        // The consumer has a thread of its own here, which may wait.
        await ReadAsync(all, static log => log.Low, long.MaxValue, letter => take(letter).GetAwaiter().GetResult(), cancellationToken);
        return true;
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
        CancellationToken cancellationToken) => Task.Run(() =>
    {
        var list = partitions.ToList();
        try
        {
            Read(list, from, below, take, cancellationToken);
        }
        catch (KafkaException error)
        {
            throw Unavailable(list[0].Topic, error);
        }
    }, cancellationToken);

    private void Read(
        List<TopicPartition> partitions, Func<(long Low, long High), long> from, long below, Action<KafkaMessage> take, CancellationToken cancellationToken)
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
            if (!consumed.IsPartitionEOF && consumed.Offset < end) take(CloudEventCodec.Decode(consumed, ""));
            if (consumed.IsPartitionEOF || consumed.Offset + 1 >= end) ends.Remove(consumed.TopicPartition);
        }
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
            // What is fetched ahead of reading, for each partition; the default of 64 MiB would be most of a gateway's memory.
            QueuedMaxMessagesKbytes = 2_048,
        },
        options.Value.ExtraProperties)).Build();

    private KafkaUnavailableException Unavailable(string topic, KafkaException error) => new($"read the dead letters of '{topic}'", options.Value.BootstrapServers, error);
}
