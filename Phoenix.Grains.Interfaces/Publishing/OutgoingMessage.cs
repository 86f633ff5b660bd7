using System.Text.Json;

namespace Phoenix.Publishing;

/// <summary>One message of a publication.</summary>
public sealed record OutgoingMessage
{
    /// <summary>The record's key, which chooses its partition. Default: the aggregate's id.</summary>
    public required string Key { get; init; }

    /// <summary>The message's full logical name, its <c>ce_type</c>. Default: the event's.</summary>
    public required string Type { get; init; }

    /// <summary>The body, JSON in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Headers of your own. Names that the wire uses itself (<c>docs/wire.md</c>) are refused: the event is one that cannot be published.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The event itself, with the aggregate's id as key.</summary>
    /// <param name="published">The event.</param>
    public static OutgoingMessage Forward(PublishedEvent published)
    {
        ArgumentNullException.ThrowIfNull(published);
        return new() { Key = published.AggregateId, Type = published.Type, Body = published.Json };
    }

    /// <summary>A message with a body of its own, with the aggregate's id as key.</summary>
    /// <param name="published">The event it is made of.</param>
    /// <param name="type">Its full logical name.</param>
    /// <param name="body">What is written as JSON, as replies are.</param>
    public static OutgoingMessage Of(PublishedEvent published, string type, object body)
    {
        ArgumentNullException.ThrowIfNull(published);
        ArgumentNullException.ThrowIfNull(body);
        return new() { Key = published.AggregateId, Type = type, Body = JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), PhoenixJson.Reply) };
    }
}
