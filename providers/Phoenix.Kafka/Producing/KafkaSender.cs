using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>The one producer of a process (per configured cluster).</summary>
internal sealed partial class KafkaSender(KafkaSenderOptions options, ILogger<KafkaSender> logger) : IKafkaSender, IDisposable
{
    private readonly SemaphoreSlim places = new(options.MaxInFlight);
    private readonly TopicRefresh refresh = new();
    private readonly Lock gate = new();
    private NativeClient<IProducer<byte[]?, byte[]?>>? producer;
    private bool disposed;

    public async Task<KafkaReceipt> SendAsync(KafkaRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var current = Current();
            try
            {
                return Receipt(await ProduceAsync(current, record, cancellationToken).ConfigureAwait(false));
            }
            catch (KafkaException error)
            {
                if (error.Error.IsFatal)
                    Replace(current, error.Error);
                var failure = ProduceFailure.Of(record, error, options);
                if (failure is not KafkaRejectedException { Code: KafkaRejectedException.UnknownTopic } || !await refresh.FindsAsync(current, record).ConfigureAwait(false))
                    throw failure;
            }
            return await SendAgainAsync(current, record, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose()
    {
        NativeClient<IProducer<byte[]?, byte[]?>>? last;
        lock (gate)
        {
            disposed = true;
            last = producer;
            producer = null;
        }
        if (last is null)
            return;
        last.Owned.Flush(TimeSpan.FromSeconds(5));
        last.Dispose();
    }

    private async Task<KafkaReceipt> SendAgainAsync(NativeClient<IProducer<byte[]?, byte[]?>> current, KafkaRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return Receipt(await ProduceAsync(current, record, cancellationToken).ConfigureAwait(false));
        }
        catch (KafkaException error)
        {
            throw ProduceFailure.Of(record, error, options);
        }
    }

    private static Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(
        NativeClient<IProducer<byte[]?, byte[]?>> current, KafkaRecord record, CancellationToken cancellationToken) => current.Use(native =>
        native.ProduceAsync(
            new TopicPartition(record.Topic, record.Partition is { } partition ? partition : Partition.Any), CloudEventCodec.Encode(record),
            cancellationToken));

    private static KafkaReceipt Receipt(DeliveryResult<byte[]?, byte[]?> stored) => new(stored.Topic, stored.Partition.Value, stored.Offset.Value);

    private NativeClient<IProducer<byte[]?, byte[]?>> Current()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return producer ??= new(Build());
        }
    }

    // An idempotent producer with a fatal error never sends again; a new one starts a new sequence.
    private void Replace(NativeClient<IProducer<byte[]?, byte[]?>> broken, Error error)
    {
        lock (gate)
        {
            if (!ReferenceEquals(producer, broken))
                return;
            producer = null;
        }
        LogReplaced(logger, error.Reason);
        _ = Task.Run(() =>
        {
            // It fails what it holds; whatever it has not told by its end would be waited for in vain.
            broken.Owned.Flush(TimeSpan.FromSeconds(10));
            broken.Dispose();
        });
    }

    private IProducer<byte[]?, byte[]?> Build()
    {
        var config = ClientProperties.Merge(
            new ProducerConfig
            {
                BootstrapServers = options.BootstrapServers,
                EnableIdempotence = true,
                Acks = Acks.All,
                // Keys must land where Java clients put them; librdkafka's default does not.
                Partitioner = Partitioner.Murmur2Random,
                LingerMs = options.Linger.TotalMilliseconds,
                MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
                MessageMaxBytes = options.MaxRecordBytes,
                QueueBufferingMaxMessages = Math.Max(100_000, options.MaxInFlight * 2),
                SocketNagleDisable = true,
                AllowAutoCreateTopics = false,
                // How long an unknown topic may still turn up; the default of 30 s would outlast the delivery timeout and hide the reason.
                TopicMetadataPropagationMaxMs = 5_000,
                ReconnectBackoffMaxMs = 1_000,
                // Only what the application reads.
                DeliveryReportFields = "status",
            },
            options.ExtraProperties);
        return new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => LogError(logger, error.Code, error.Reason))
            .SetLogHandler((_, line) => LogClient(logger, line.Facility, line.Message))
            .Build();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka producer: {Code}: {Reason}")]
    private static partial void LogError(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Kafka producer failed for good ({Reason}); a new one takes its place.")]
    private static partial void LogReplaced(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Message}")]
    private static partial void LogClient(ILogger logger, string facility, string message);
}
