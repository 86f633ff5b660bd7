using System.Text;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>A producer of its own, so that what it holds can be thrown away as a whole.</summary>
internal sealed class OrderedSender : IOrderedSender
{
    // What a batch and a record cost beside their content, more than enough.
    private const int BatchOverhead = 128;
    private const int RecordOverhead = 64;
    private const int HeaderOverhead = 12;
    private static readonly TimeSpan ForTheReason = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly KafkaSenderOptions _options;
    private readonly string _topic;
    private readonly int _largest;
    private volatile bool _broken;
    private volatile bool _closed;

    public OrderedSender(KafkaSenderOptions options, string topic, int largest)
    {
        (_options, _topic, _largest) = (options, topic, largest);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientProperties.Merge(
            new ProducerConfig
            {
                BootstrapServers = options.BootstrapServers,
                EnableIdempotence = true,
                // A batch that fails ends the producer instead of letting the next one of its partition pass (librdkafka issues 2819,
                // 4134).
                EnableGaplessGuarantee = true,
                Acks = Acks.All,
                Partitioner = Partitioner.Murmur2Random,
                LingerMs = options.Linger.TotalMilliseconds,
                // None: a record that was given up could not be told from one that was stored.
                MessageTimeoutMs = 0,
                MessageMaxBytes = largest,
                // The broker holds a whole batch against the topic's limit.
                BatchSize = Math.Min(1_000_000, largest),
                QueueBufferingMaxMessages = 1_000_000,
                SocketNagleDisable = true,
                AllowAutoCreateTopics = false,
                TopicMetadataPropagationMaxMs = 5_000,
                ReconnectBackoffMaxMs = 1_000,
                DeliveryReportFields = "status",
            },
            options.ExtraProperties))
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal) Fail(new KafkaUnavailableException($"go on storing records in topic '{topic}'", options.BootstrapServers, new KafkaException(error)));
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    public Task Failed => _failed.Task;

    public void Send(KafkaRecord record, Action acknowledged)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_broken || _closed) return;
        var message = CloudEventCodec.Encode(record);
        if (Size(message) is var size && size > _largest)
            throw new KafkaRejectedException(
                KafkaRejectedException.TooLarge,
                $"A record for topic '{_topic}' has {size} bytes with its key and headers; the topic takes {_largest}. Send less, or raise the topic's max.message.bytes.");
        try
        {
            _producer.Produce(_topic, message, report =>
            {
                if (_closed) return;
                if (!report.Error.IsError) acknowledged();
                else Fail(ProduceFailure.Of(record, new ProduceException<byte[]?, byte[]?>(report.Error, report), _options));
            });
        }
        catch (KafkaException error)
        {
            Fail(ProduceFailure.Of(record, error, _options));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        // What it holds is thrown away; nothing of it is sent once this has returned.
        await Task.Run(_producer.Dispose);
    }

    private static long Size(Message<byte[]?, byte[]?> message) =>
        BatchOverhead + RecordOverhead + (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0)
        + message.Headers.Sum(header => HeaderOverhead + Encoding.UTF8.GetByteCount(header.Key) + (header.GetValueBytes()?.Length ?? 0));

    private void Fail(Exception failure)
    {
        _broken = true;
        if (failure is KafkaRejectedException) Tell(failure);
        else _ = TellLaterAsync(failure);
    }

    // That the client has failed is said before, or for, the record that it failed over; the broker's word on that one says more.
    private async Task TellLaterAsync(Exception failure)
    {
        await Task.Delay(ForTheReason);
        Tell(failure);
    }

    private void Tell(Exception failure)
    {
        // Whether or not somebody waits for it.
        if (!_closed && _failed.TrySetException(failure)) _ = _failed.Task.Exception;
    }
}
