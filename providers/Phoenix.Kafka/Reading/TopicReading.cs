using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Looks into topics with a consumer of its own for each call, from explicit positions and without a group's offsets. Thread-safe.
/// </summary>
internal sealed class TopicReading(KafkaSenderOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads partitions to where they end now.</summary>
    /// <param name="partitions">Which.</param>
    /// <param name="range">From a partition and the offsets that it has, those to read: the first, and the one behind the last.</param>
    /// <param name="take">Gets each record, on a thread that may wait.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    public Task ReadAsync(
        IReadOnlyList<TopicPartition> partitions,
        Func<TopicPartition, (long Low, long High), (long From, long Below)> range,
        Action<ConsumeResult<byte[]?, byte[]?>> take,
        CancellationToken cancellationToken) => Task.Run(() =>
    {
        try
        {
            Read(partitions, range, take, cancellationToken);
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException($"read {string.Join(", ", partitions.Select(one => $"'{one.Topic}'").Distinct())}", options.BootstrapServers, error);
        }
    }, cancellationToken);

    private void Read(
        IReadOnlyList<TopicPartition> partitions,
        Func<TopicPartition, (long Low, long High), (long From, long Below)> range,
        Action<ConsumeResult<byte[]?, byte[]?>> take,
        CancellationToken cancellationToken)
    {
        using var consumer = Consumer();
        var ends = new Dictionary<TopicPartition, long>();
        var starts = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            var log = consumer.QueryWatermarkOffsets(partition, Patience);
            var (start, below) = range(partition, (log.Low.Value, log.High.Value));
            var end = Math.Min(log.High.Value, below);
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
            if (!consumed.IsPartitionEOF && consumed.Offset < end) take(consumed);
            if (consumed.IsPartitionEOF || consumed.Offset + 1 >= end) ends.Remove(consumed.TopicPartition);
        }
    }

    private IConsumer<byte[]?, byte[]?> Consumer() => new ConsumerBuilder<byte[]?, byte[]?>(ClientProperties.Merge(
        new ConsumerConfig
        {
            BootstrapServers = options.BootstrapServers,
            // No group is joined and nothing committed; librdkafka wants a name all the same.
            GroupId = "phoenix.looking",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 5,
            // What is fetched ahead of reading, for each partition; the default of 64 MiB would be most of a gateway's memory.
            QueuedMaxMessagesKbytes = 2_048,
        },
        options.ExtraProperties)).Build();
}
