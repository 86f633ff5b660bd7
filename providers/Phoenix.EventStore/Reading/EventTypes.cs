using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Marten;
using Marten.Events;

namespace Phoenix.EventStore.Reading;

/// <summary>Marten's event mappings by stored name, upcasters included, and names by type.</summary>
internal sealed class EventTypes(IDocumentStore store)
{
    private readonly EventGraph _events = (EventGraph)store.Options.Events;
    private readonly ConcurrentDictionary<string, EventMapping> _mappings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, string> _names = new();

    /// <summary>The mapping for a stored name, or null when this build does not know the name.</summary>
    public EventMapping? Find(string name)
    {
        if (_mappings.TryGetValue(name, out var mapping)) return mapping;
        return ByName(_events, name) is { } found ? _mappings.GetOrAdd(name, found) : null;
    }

    /// <summary>The name under which events of this type are stored.</summary>
    /// <exception cref="InvalidOperationException">The type is not registered: it would be stored and could not be read after a
    /// restart.</exception>
    public string NameOf(Type type) => _names.GetOrAdd(type, static (key, events) =>
        events.AllKnownEventTypes().FirstOrDefault(known => known.EventType == key)?.EventTypeName
        ?? throw new InvalidOperationException(
            $"The event type {key} is not registered with Marten, so this process could store but a later one not read it. Register it where Marten is configured: options.Events.MapEventType<{key.Name}>(\"a-name\")."), _events);

    // Marten's own look-up, which knows upcasters too; the public list of event types leaves them out.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "EventMappingFor")]
    private static extern EventMapping? ByName(EventGraph events, string name);
}
