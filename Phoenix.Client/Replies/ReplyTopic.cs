using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phoenix.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Phoenix.Client.Replies;

/// <summary>The reply topic of this application, and this instance's partition of it.</summary>
internal sealed partial class ReplyTopic(IOptions<PhoenixClientOptions> options, ILogger<ReplyTopic> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Name => options.Value.ReplyTopic;

    /// <summary>Whether the broker is the one embedded in librdkafka, once the topic was prepared.</summary>
    public bool IsEmbedded { get; private set; }

    /// <summary>Makes sure that the topic exists, chooses a partition and returns its present end.</summary>
    public async Task<ReplyPlace> Prepare(CancellationToken cancellation)
    {
        var settings = options.Value;
        using var topics = new KafkaTopics(settings.BootstrapServers, settings.ExtraProperties.AsReadOnly());
        var topic = await topics.EnsureAsync(Name, settings.ReplyPartitions, settings.ReplicationFactor).ConfigureAwait(false);
        IsEmbedded = await topics.IsEmbeddedAsync().ConfigureAwait(false);
        var partition = new TopicPartition(Name, Random.Shared.Next(topic.Partitions));
        return new(topic.Incarnation, new(partition, EndOf(partition, cancellation)));
    }

    private Offset EndOf(TopicPartition partition, CancellationToken cancellation)
    {
        using var consumer = Consumer();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, Patience).High;
            }
            catch (KafkaException error) when (attempt < 20 && IsYoung(error.Error.Code))
            {
                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    // A topic that was created a moment ago has no leader yet.
    private static bool IsYoung(ErrorCode code) => code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.UnknownTopicOrPart;

    /// <summary>A consumer that stands at the position.</summary>
    public IConsumer<Ignore, byte[]> Open(TopicPartitionOffset position)
    {
        var consumer = Consumer();
        consumer.Assign(position);
        return consumer;
    }

    private IConsumer<Ignore, byte[]> Consumer()
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = options.Value.BootstrapServers,
            ClientId = options.Value.ApplicationName,
            // No group is joined and nothing committed; librdkafka wants a name all the same.
            GroupId = Name,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            // If the topic is created anew, its beginning holds replies to us; foreign and old ones are ignored anyway.
            AutoOffsetReset = AutoOffsetReset.Earliest,
            // A real broker answers a waiting fetch as soon as a record arrives, the embedded one when the time is over.
            FetchWaitMaxMs = IsEmbedded ? 5 : 500,
            // What waits here holds back the next fetch of it: one fetch for all that gathers, instead of one for each reply or two.
            QueuedMinMessages = 1,
            FetchQueueBackoffMs = 2,
            ReconnectBackoffMaxMs = 1_000,
            SocketConnectionSetupTimeoutMs = 5_000,
            SocketNagleDisable = true,
        };
        foreach (var (name, value) in options.Value.ExtraProperties) config.Set(name, value);
        // Without handlers the client writes a line on standard error for every connection that is refused: twenty a second while no broker
        // is there.
        return new ConsumerBuilder<Ignore, byte[]>(config)
            .SetLogHandler((_, line) => LogClient(logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => LogError(logger, error.Code, error.Reason))
            .Build();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Message}")]
    private static partial void LogClient(ILogger logger, string facility, string message);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Reply consumer: {Code}: {Reason}")]
    private static partial void LogError(ILogger logger, ErrorCode code, string reason);
}

/// <summary>Where an instance reads its replies.</summary>
/// <param name="Incarnation">The life of the topic that the position belongs to.</param>
/// <param name="Position">Partition and offset to begin at.</param>
internal sealed record ReplyPlace(string Incarnation, TopicPartitionOffset Position);
