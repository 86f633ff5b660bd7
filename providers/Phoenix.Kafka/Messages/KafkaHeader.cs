using System.Text;

namespace Phoenix.Kafka;

/// <summary>One record header, kept as the bytes that were received or will be sent.</summary>
/// <param name="Name">Header name; a record may carry the same name more than once.</param>
/// <param name="Value">Raw bytes, or <see langword="null"/> for a header without a value.</param>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.header")]
public sealed record KafkaHeader([property: Id(0)] string Name, [property: Id(1)] ReadOnlyMemory<byte>? Value)
{
    /// <summary>Creates a header whose value is UTF-8 text.</summary>
    /// <param name="name">Header name.</param>
    /// <param name="text">Header text.</param>
    public KafkaHeader(string name, string text) : this(name, (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The value read as UTF-8 (invalid sequences are replaced), or <see langword="null"/>.</summary>
    public string? Text => Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}
