using System.Globalization;
using System.Text;

namespace Phoenix.Kafka;

/// <summary>
/// One Kafka record as stream subscribers receive it. Nothing of the record is lost: <see cref="RawKey"/>, <see cref="Headers"/> and
/// <see cref="Body"/> are its original bytes, so that it can be sent again byte for byte.
/// </summary>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.message")]
public sealed record KafkaMessage
{
    [NonSerialized]
    private string? key;

    /// <summary>Topic it was read from.</summary>
    [Id(0)] public required string Topic { get; init; }

    /// <summary>Partition it was read from.</summary>
    [Id(1)] public required int Partition { get; init; }

    /// <summary>Offset in the partition.</summary>
    [Id(2)] public required long Offset { get; init; }

    /// <summary>
    /// Record timestamp (creation or log-append time, as the topic is configured). A time before 1970 or after the year 9999, which a
    /// sender may give, is the first or last millisecond of these.
    /// </summary>
    [Id(3)] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// Tells one life of a topic from another of the same name: the topic id where the broker has one, else the cluster id.
    /// (incarnation, partition, offset) names a record for ever.
    /// </summary>
    [Id(4)] public required string TopicIncarnation { get; init; }

    /// <summary>Original key bytes; <see langword="null"/> when the record had no key (such a record never reaches a subscriber).</summary>
    [Id(5)] public ReadOnlyMemory<byte>? RawKey { get; init; }

    /// <summary>All headers of the record in their original order, reserved ones included, as raw bytes.</summary>
    [Id(6)] public IReadOnlyList<KafkaHeader> Headers { get; init; } = [];

    /// <summary>Original value bytes; <see langword="null"/> for a record without a value.</summary>
    [Id(7)] public ReadOnlyMemory<byte>? RawBody { get; init; }

    /// <summary>
    /// Whether the record existed when this silo took its partition over, so that another silo, or this one in an earlier life, may have
    /// delivered it already. <see langword="false"/> does not promise a first delivery: a failed one is repeated.
    /// </summary>
    [Id(8)] public bool MayBeRedelivered { get; init; }

    /// <summary>
    /// Which of the messages this is that its record was converted to, from 0; <see langword="null"/> for the record itself. See
    /// <see cref="IRecordConverter"/>.
    /// </summary>
    [Id(9)] public int? Ordinal { get; init; }

    /// <summary><c>ce_type</c>: the logical name, or <see langword="null"/> when the sender gave none.</summary>
    public string? Type => Text(CloudEventHeaders.Type);

    /// <summary><c>ce_id</c>, or <see langword="null"/>.</summary>
    public string? Id => Text(CloudEventHeaders.Id);

    /// <summary>Whether the sender gave an id, one that can be read or not.</summary>
    internal bool HasId
    {
        get
        {
            for (var i = 0; i < Headers.Count; i++)
            {
                if (Headers[i].Name == CloudEventHeaders.Id)
                    return true;
            }
            return false;
        }
    }

    /// <summary><c>ce_source</c>, or <see langword="null"/>.</summary>
    public string? Source => Text(CloudEventHeaders.Source);

    /// <summary>Media type of <see cref="Body"/>, or <see langword="null"/>.</summary>
    public string? ContentType => Text(CloudEventHeaders.ContentType);

    /// <summary>Topic that a reply is wanted on, or <see langword="null"/>.</summary>
    public string? ReplyTo => Text(CloudEventHeaders.ReplyTo);

    /// <summary>Partition of <see cref="ReplyTo"/>; <see langword="null"/> when absent or not a number of at least 0.</summary>
    public int? ReplyPartition => int.TryParse(Text(CloudEventHeaders.ReplyPartition), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Text a reply carries back unchanged, or <see langword="null"/>.</summary>
    public string? CorrelationId => Text(CloudEventHeaders.CorrelationId);

    /// <summary>W3C trace context, or <see langword="null"/>.</summary>
    public string? TraceParent => Text(CloudEventHeaders.TraceParent);

    /// <summary>The key as text (the aggregate id); empty when the record had no key.</summary>
    public string Key => key ??= RawKey is { } raw ? Encoding.UTF8.GetString(raw.Span) : "";

    /// <summary>The value; empty for a record without one.</summary>
    public ReadOnlyMemory<byte> Body => RawBody ?? default;

    /// <summary>The headers that have no meaning to this provider.</summary>
    public IEnumerable<KafkaHeader> UserHeaders => Headers.Where(header => !CloudEventHeaders.IsReserved(header.Name));

    // Read when asked for: most records are understood by one reader only, which looks at the headers itself. Of several the last counts.
    private string? Text(string name)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
        {
            if (Headers[i].Name == name)
                return Headers[i].Text;
        }
        return null;
    }

    /// <summary>Where the record stands, for logs and errors.</summary>
    public override string ToString() => $"{Topic}[{Partition}]@{Offset} {Type ?? "(no type)"} key '{Key}'";
}
