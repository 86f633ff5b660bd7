using System.Collections.Concurrent;
using System.Collections.Frozen;
using Marten;
using Marten.Events;

namespace Phoenix.EventStore.Reading;

/// <summary>Marten's event mappings by stored name, upcasters included, and names by type.</summary>
internal sealed class EventTypes(IDocumentStore store)
{
    private readonly EventGraph _events = (EventGraph)store.Options.Events;
    private readonly ConcurrentDictionary<Type, string> _names = new();
    private FrozenDictionary<string, EventMapping>? _mappings;

    /// <summary>The mapping for a stored name, or null when this build does not know the name.</summary>
    public EventMapping? Find(string name)
    {
        var mappings = _mappings ??= Read();
        return mappings.TryGetValue(name, out var mapping) ? mapping : null;
    }

    /// <summary>The name under which events of this type are stored.</summary>
    public string NameOf(Type type) => _names.GetOrAdd(type, key => _events.EventMappingFor(key).EventTypeName);

    private FrozenDictionary<string, EventMapping> Read() =>
        _events.AllKnownEventTypes().OfType<EventMapping>().DistinctBy(mapping => mapping.EventTypeName).ToFrozenDictionary(mapping => mapping.EventTypeName);
}
