using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Phoenix.Tests.EndToEnd;

/// <summary>A record that came back, byte for byte.</summary>
public sealed record WireRecord(TopicPartitionOffset Place, byte[]? Key, byte[]? Body, ImmutableList<(string Name, byte[]? Value)> Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string Status => Json.GetProperty("status").GetString()!;

    /// <summary>The code of a rejection or failure, or null.</summary>
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public (long Before, long After) Versions => (Json.GetProperty("versionBefore").GetInt64(), Json.GetProperty("versionAfter").GetInt64());

    public bool Repeated => Json.GetProperty("repeated").GetBoolean();

    /// <summary>The last header of this name, as text.</summary>
    public string? this[string name] => Headers.FindLast(header => header.Name == name).Value is { } value ? Encoding.UTF8.GetString(value) : null;

    public static WireRecord Of(ConsumeResult<byte[]?, byte[]?> consumed) => new(
        consumed.TopicPartitionOffset,
        consumed.Message.Key,
        consumed.Message.Value,
        [.. consumed.Message.Headers.Select(header => (header.Key, (byte[]?)header.GetValueBytes()))]);
}
