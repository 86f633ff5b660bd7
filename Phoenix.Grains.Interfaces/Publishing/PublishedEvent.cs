using System.Text.Json;
using Phoenix.Model;

namespace Phoenix.Publishing;

/// <summary>A stored event with everything that is known of it.</summary>
public sealed class PublishedEvent
{
    private readonly Func<string, Type?> _types;
    private readonly Lazy<IEvent> _event;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _headers;

    internal PublishedEvent(Func<string, Type?> types, string? headers)
    {
        _types = types;
        _event = new(Read);
        _headers = new(() => headers is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(headers)!);
    }

    /// <summary>The logical name of the kind of aggregate.</summary>
    public required string Aggregate { get; init; }

    /// <summary>The aggregate's id.</summary>
    public required string AggregateId { get; init; }

    /// <summary>The version that the aggregate had with this event; its first event has 1.</summary>
    public required long Version { get; init; }

    /// <summary>The event's own id.</summary>
    public required Guid EventId { get; init; }

    /// <summary>Its full logical name: that of today, where the rules have an evolution of it.</summary>
    public required string Type { get; init; }

    /// <summary>The full logical name under which it is stored.</summary>
    public required string StoredType { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The event as JSON: as it is stored, or as it is read today where <see cref="Type"/> is not the stored name.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>The id of the command that raised it, or null.</summary>
    public string? CausationId { get; init; }

    /// <summary>The correlation id of that command, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Who sent that command, or null.</summary>
    public string? Principal { get; init; }

    /// <summary>
    /// The headers of that command which were the sender's own: a key for messages that the sender chose can travel here.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers => _headers.Value;

    /// <summary>The event as the domain's type. Read when first asked for.</summary>
    /// <exception cref="JsonException">This build does not know the event, or cannot read it.</exception>
    public IEvent Event => _event.Value;

    private IEvent Read()
    {
        var type = _types(Type) ?? throw new JsonException($"This build does not know the event '{Type}'. Deploy one that does.");
        return JsonSerializer.Deserialize(Json.Span, type, PhoenixJson.State) as IEvent ?? throw new JsonException($"The event '{Type}' is null.");
    }
}
