using System.Text;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>Makes a record of whatever a broker can hold, and says why it cannot be delivered where it cannot (guarantee 7).</summary>
internal sealed class RecordReading(KafkaTopic topic, int maxMessageBytes)
{
    private readonly byte[] streamNamespace = Encoding.UTF8.GetBytes(topic.StreamNamespace);

    /// <summary>The record, and why it is refused, if it is. Never throws.</summary>
    public (CachedRecord Record, DeadLetterReason? Reason) Read(ConsumeResult<byte[]?, byte[]?> consumed, PartitionLife life)
    {
        var mayBeRedelivered = consumed.Offset.Value < life.EndAtStart;
        try
        {
            var (key, value) = (consumed.Message.Key, consumed.Message.Value);
            var reason = Refuse(key, value);
            var message = CloudEventCodec.Decode(consumed, life.Incarnation, mayBeRedelivered);
            var stream = reason is null && topic.Converter is null ? StreamId.Create(streamNamespace, key) : default;
            return (new CachedRecord(stream, message, life.Tracker), reason);
        }
#pragma warning disable CA1031 // Whatever it is, the record must not be lost by it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return (new CachedRecord(default, Bare(consumed, life, mayBeRedelivered), life.Tracker), new(DeadLetterReason.Undecodable, $"the record cannot be read: {error.Message}"));
        }
    }

    private DeadLetterReason? Refuse(byte[]? key, byte[]? value)
    {
        if (topic.Converter is null && RecordKey.Refuse(key, key is not null) is { } refusal)
            return new(DeadLetterReason.Unroutable, refusal);
        var largest = topic.MaxRecordBytes ?? maxMessageBytes;
        return value?.Length > largest
            ? new(DeadLetterReason.TooLarge, $"the body has {value.Length} bytes; at most {largest} are allowed")
            : null;
    }

    // What needs no reading.
    private static KafkaMessage Bare(ConsumeResult<byte[]?, byte[]?> consumed, PartitionLife life, bool mayBeRedelivered) => new()
    {
        Topic = consumed.Topic,
        Partition = consumed.Partition.Value,
        Offset = consumed.Offset.Value,
        Timestamp = DateTimeOffset.UnixEpoch,
        TopicIncarnation = life.Incarnation,
        RawKey = consumed.Message?.Key is { } key ? key : (ReadOnlyMemory<byte>?)null,
        RawBody = consumed.Message?.Value is { } value ? value : (ReadOnlyMemory<byte>?)null,
        MayBeRedelivered = mayBeRedelivered,
    };
}
