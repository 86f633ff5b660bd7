using System.Collections.Frozen;
using System.Text.Json;
using Phoenix.Json;

namespace Phoenix.Dispatch;

/// <summary>
/// Gives a decided event as storage will give it back, so that live state is replayed state (guarantee 10). Where the type proves that the
/// two are the same the event itself is taken, which costs nothing; else the event is read back from its own JSON, which also parts it from
/// whatever else holds its lists.
/// </summary>
internal sealed class EventReadBack(IEnumerable<Type> events)
{
    // The writer puts it for half a surrogate pair; it may also have been in the text.
    private const string Replacement = "\\uFFFD";
    private readonly FrozenDictionary<Type, Way> _ways = events.Distinct().ToFrozenDictionary(type => type, WayOf);

    private enum Way
    {
        // Every other type: what it holds and whether storage changes the order of that is not known.
        Reordered,
        AsItIs,
        ReadBack,
    }

    /// <summary>The event to apply.</summary>
    /// <param name="event">What was decided.</param>
    /// <param name="json">Its JSON (<see cref="PhoenixJson.State"/>).</param>
    /// <exception cref="JsonException">It cannot be read back as it is; the message names the first member that would differ.</exception>
    public object Of(object @event, string json)
    {
        var type = @event.GetType();
        if (json.Contains(Replacement, StringComparison.Ordinal)) JsonSerializer.Serialize(@event, type, PhoenixJson.WholeText);
        var way = _ways.GetValueOrDefault(type);
        if (way == Way.AsItIs) return @event;
        var copy = JsonSerializer.Deserialize(way == Way.ReadBack ? json : JsonbForm.Of(json), type, PhoenixJson.State)!;
        var again = JsonSerializer.Serialize(copy, type, PhoenixJson.State);
        if (again != json) CheckSame(json, again);
        return copy;
    }

    private static Way WayOf(Type type) => ExactTypes.Is(type) ? Way.AsItIs : DictionaryTypes.MayHold(type) ? Way.Reordered : Way.ReadBack;

    private static void CheckSame(string json, string again)
    {
        using var written = JsonDocument.Parse(json);
        using var readBack = JsonDocument.Parse(again);
        if (JsonDifference.Between(written.RootElement, readBack.RootElement, "", "written", "read back") is [var first, ..])
            throw new JsonException($"It does not come back from storage as it is: {first}.");
    }
}
