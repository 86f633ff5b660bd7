using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>Builds the consumer: low latency, bounded memory, nothing decided behind our back.</summary>
internal static class ConsumerFactory
{
    private static readonly TimeSpan FetchWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EmbeddedFetchWait = TimeSpan.FromMilliseconds(5);

    public static IConsumer<byte[]?, byte[]?> Build(
        KafkaStreamOptions options, bool isEmbedded, Action<Error> onError, ILogger logger)
    {
        var config = ClientProperties.Merge(
            new ConsumerConfig
            {
                BootstrapServers = options.BootstrapServers,
                GroupId = options.ConsumerGroup,
                // Positions are committed when their records are done, and say more than the client would; see OffsetCommits.
                EnableAutoOffsetStore = false,
                EnableAutoCommit = false,
                // Every start is at an explicit offset, so a reset means that the log has lost records: to be seen, not repaired silently.
                AutoOffsetReset = AutoOffsetReset.Error,
                AllowAutoCreateTopics = false,
                // The end of the log may lie behind its last record: what transactions leave there is none.
                EnablePartitionEof = true,
                // What transactions that were aborted left is no record.
                IsolationLevel = IsolationLevel.ReadCommitted,
                FetchWaitMaxMs = (int)(options.FetchWait ?? (isEmbedded ? EmbeddedFetchWait : FetchWait)).TotalMilliseconds,
                FetchErrorBackoffMs = 50,
                // The default of 1 s would be the latency after every full local queue.
                FetchQueueBackoffMs = 2,
                // A partition whose records wait to be taken is not fetched again meanwhile: one fetch for all that gathers
                // (KafkaStreamOptions.GatherTime).
                QueuedMinMessages = 1,
                QueuedMaxMessagesKbytes = 8 * 1024,
                SocketNagleDisable = true,
                ReconnectBackoffMs = 50,
                ReconnectBackoffMaxMs = 1_000,
            },
            options.ExtraProperties);
        return new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => onError(error))
            .SetLogHandler((_, line) => ReaderLog.Client(logger, line.Facility, line.Message))
            .Build();
    }
}
