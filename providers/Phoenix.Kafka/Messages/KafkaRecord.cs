namespace Phoenix.Kafka;

/// <summary>A record to be sent: CloudEvents fields, user headers and a body.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.record")]
public sealed record KafkaRecord
{
    /// <summary>Topic to send to.</summary>
    [Id(0)] public required string Topic { get; init; }

    /// <summary>Partition to send to; <see langword="null"/> (default) lets the key decide, where Java clients would put it.</summary>
    [Id(1)] public int? Partition { get; init; }

    /// <summary>Record key (UTF-8), usually the aggregate id; <see langword="null"/> spreads records over the partitions.</summary>
    [Id(2)] public string? Key { get; init; }

    /// <summary>Key bytes that are used instead of <see cref="Key"/> when set.</summary>
    [Id(3)] public ReadOnlyMemory<byte>? RawKey { get; init; }

    /// <summary><c>ce_type</c>. When <see langword="null"/> no CloudEvents header is written at all, only <see cref="Headers"/>.</summary>
    [Id(4)] public string? Type { get; init; }

    /// <summary><c>ce_id</c>; <see langword="null"/> leaves it out.</summary>
    [Id(5)] public string? Id { get; init; }

    /// <summary><c>ce_source</c>; default <c>phoenix</c>.</summary>
    [Id(6)] public string Source { get; init; } = "phoenix";

    /// <summary><c>ce_time</c>; <see langword="null"/> leaves it out.</summary>
    [Id(7)] public DateTimeOffset? Time { get; init; }

    /// <summary>Media type of the body; default <c>application/json</c>.</summary>
    [Id(8)] public string ContentType { get; init; } = "application/json";

    /// <summary>Topic that a reply is wanted on.</summary>
    [Id(9)] public string? ReplyTo { get; init; }

    /// <summary>Partition of <see cref="ReplyTo"/>.</summary>
    [Id(10)] public int? ReplyPartition { get; init; }

    /// <summary>Text that a reply carries back.</summary>
    [Id(11)] public string? CorrelationId { get; init; }

    /// <summary>W3C trace context.</summary>
    [Id(12)] public string? TraceParent { get; init; }

    /// <summary>Further headers, written after the CloudEvents ones in this order.</summary>
    [Id(13)] public IReadOnlyList<KafkaHeader> Headers { get; init; } = [];

    /// <summary>Record value; <see langword="null"/> sends a record without a value (a tombstone).</summary>
    [Id(14)] public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>A record that repeats a received one byte for byte: key, headers and body; for dead letters and their replay.</summary>
    /// <param name="message">The received record.</param>
    /// <param name="topic">Topic to send it to.</param>
    public static KafkaRecord Copy(KafkaMessage message, string topic)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new() { Topic = topic, RawKey = message.RawKey, Headers = message.Headers, Body = message.RawBody };
    }
}
