using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>Translates between Kafka records and CloudEvents 1.0 in binary mode; the one place that knows both.</summary>
public static class CloudEventCodec
{
    private static readonly byte[] Version = "1.0"u8.ToArray();
    private static readonly long LastTimestamp = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>
    /// Reads a consumed record. Never throws on content: what cannot be understood is <see langword="null"/> in the result.
    /// </summary>
    /// <param name="consumed">Record as the client handed it out.</param>
    /// <param name="topicIncarnation">See <see cref="KafkaMessage.TopicIncarnation"/>.</param>
    /// <param name="mayBeRedelivered">See <see cref="KafkaMessage.MayBeRedelivered"/>.</param>
    public static KafkaMessage Decode(ConsumeResult<byte[]?, byte[]?> consumed, string topicIncarnation, bool mayBeRedelivered = false)
    {
        ArgumentNullException.ThrowIfNull(consumed);
        var message = consumed.Message;
        return new KafkaMessage
        {
            Topic = consumed.Topic,
            Partition = consumed.Partition.Value,
            Offset = consumed.Offset.Value,
            Timestamp = TimeOf(message.Timestamp),
            TopicIncarnation = topicIncarnation,
            RawKey = message.Key is { } key ? key : (ReadOnlyMemory<byte>?)null,
            RawBody = message.Value is { } value ? value : (ReadOnlyMemory<byte>?)null,
            Headers = ReadHeaders(message.Headers),
            MayBeRedelivered = mayBeRedelivered,
        };
    }

    /// <summary>A record's time; one that no clock of ours can show is the nearest that it can.</summary>
    internal static DateTimeOffset TimeOf(Timestamp timestamp) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(timestamp.UnixTimestampMs, 0, LastTimestamp));

    /// <summary>Writes a record for the producer.</summary>
    /// <param name="record">Record to send.</param>
    public static Message<byte[]?, byte[]?> Encode(KafkaRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var headers = new Headers();
        if (record.Type is not null)
            WriteFields(record, headers);
        foreach (var header in record.Headers)
            headers.Add(header.Name, header.Value is { } value ? Bytes(value) : null);

        return new Message<byte[]?, byte[]?>
        {
            Key = record.RawKey is { } raw ? Bytes(raw) : record.Key is { } key ? Encoding.UTF8.GetBytes(key) : null,
            Value = record.Body is { } body ? Bytes(body) : null,
            Headers = headers,
        };
    }

    private static void WriteFields(KafkaRecord record, Headers headers)
    {
        headers.Add(CloudEventHeaders.SpecVersion, Version);
        Add(CloudEventHeaders.Id, record.Id);
        Add(CloudEventHeaders.Type, record.Type);
        Add(CloudEventHeaders.Source, record.Source);
        Add(CloudEventHeaders.Time, record.Time?.ToString("O", CultureInfo.InvariantCulture));
        Add(CloudEventHeaders.ContentType, record.ContentType);
        Add(CloudEventHeaders.ReplyTo, record.ReplyTo);
        Add(CloudEventHeaders.ReplyPartition, record.ReplyPartition?.ToString(CultureInfo.InvariantCulture));
        Add(CloudEventHeaders.CorrelationId, record.CorrelationId);
        Add(CloudEventHeaders.TraceParent, record.TraceParent);

        void Add(string name, string? text)
        {
            if (text is not null)
                headers.Add(name, Encoding.UTF8.GetBytes(text));
        }
    }

    private static KafkaHeader[] ReadHeaders(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return [];
        var read = new KafkaHeader[headers.Count];
        for (var i = 0; i < read.Length; i++)
        {
            var value = headers[i].GetValueBytes();
            read[i] = new KafkaHeader(headers[i].Key, value is null ? (ReadOnlyMemory<byte>?)null : value);
        }
        return read;
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
