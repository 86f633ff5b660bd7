using System.Text.Json;

namespace Phoenix.Publishing;

/// <summary>
/// An event as it was published, for who consumes the topic and for a sink; <c>docs/wire.md</c> has the headers it comes with in Kafka.
/// </summary>
public sealed record ReceivedEvent
{
    /// <summary>The message's identity: the same one sent again has the same.</summary>
    public required string Id { get; init; }

    /// <summary>The event's full logical name, or the message's.</summary>
    public required string Type { get; init; }

    /// <summary>The publication's name.</summary>
    public required string Source { get; init; }

    /// <summary>The aggregate that the event is of, <c>{aggregate}/{id}</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The version that the aggregate had with the event, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Where the event stands in its publication: opaque text; of two events of one source and subject the later one has the greater.
    /// </summary>
    public required string Position { get; init; }

    /// <summary>When the event was stored.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The body as it came.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The key that the publication gave it; null only for a record of a topic that has none.</summary>
    public string? Key { get; init; }

    /// <summary>The id of the command that raised the event, or null.</summary>
    public string? CausationId { get; init; }

    /// <summary>The correlation id of that command, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>All other headers, as text.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body as JSON.</summary>
    /// <exception cref="JsonException">It is no such JSON.</exception>
    public T Read<T>() =>
        JsonSerializer.Deserialize<T>(Body.Span, JsonSerializerOptions.Web) ?? throw new JsonException($"The body of '{Type}' is null.");

    /// <summary>Whether this event is later than the last one of its subject that was handled.</summary>
    /// <param name="position">The position that is stored for <see cref="Subject"/>; null when there is none.</param>
    public bool IsAfter(string? position) => string.CompareOrdinal(Position, position) > 0;
}
