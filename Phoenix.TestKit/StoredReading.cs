using System.Text.Json;
using System.Text.Json.Nodes;
using Phoenix.Dispatch;
using Phoenix.Evolving;
using Phoenix.Json;

namespace Phoenix.TestKit;

/// <summary>Reads stored events as a host does, and says what a host would not: what got lost on the way.</summary>
internal sealed class StoredReading(AggregateModel model, EventEvolution evolution)
{
    /// <summary>The event that a stored one is read as.</summary>
    /// <exception cref="SpecificationException">The name is not known, the event cannot be read, is read otherwise the second time, or an
    /// upcaster makes a member that the event does not have.</exception>
    public ReadEvent Of(string name, string json)
    {
        var former = evolution.Of(model).FirstOrDefault(one => one.StoredName == name);
        if (former is null && !model.Events.ContainsKey(name))
        {
            throw new SpecificationException($"No event '{name}' is known to {model.Type}: stored ones would break their aggregates. "
                + $"Known are {string.Join(", ", Names)}.");
        }

        var (once, twice) = (Read(name, json, former), Read(name, json, former));
        if (once.Name is null) return once;
        if (JsonDifference.Between(once.Json, twice.Json).Count > 0)
        {
            throw new SpecificationException($"'{name}' is read otherwise the second time. An upcaster is pure: it runs at every reading."
                + $"\n{Text.Of(once.Json)}\n{Text.Of(twice.Json)}");
        }

        return once;
    }

    /// <summary>Every stored name that is known, those of today first.</summary>
    public IEnumerable<string> Names => model.Events.Keys.Order(StringComparer.Ordinal).Concat(FormerNames);

    /// <summary>Names that nothing writes any more.</summary>
    public IEnumerable<string> FormerNames => evolution.Of(model).Select(one => one.StoredName).Order(StringComparer.Ordinal);

    private ReadEvent Read(string name, string json, FormerEvent? former)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            ReadOnlyMemory<byte> stored = JsonbForm.Of(document.RootElement).ToArray();
            JsonObject? made = null;
            var read = former is null ? JsonSerializer.Deserialize(stored.Span, model.Events[name].Type, PhoenixJson.State)!
                : former.Name is null ? RetiredEvent.Instance
                : former.Read(stored, out made);
            if (read is RetiredEvent) return new(read, null, default);
            var element = JsonSerializer.SerializeToElement(read, read.GetType(), PhoenixJson.State);
            if (made?.Select(member => member.Key).FirstOrDefault(member => !element.TryGetProperty(member, out _)) is { } lost)
            {
                throw new SpecificationException(
                    $"The upcasters of '{name}' leave a member '{lost}', and {read.GetType()} has none of this name, so it is lost. "
                    + "Write it as the event does, or remove it.");
            }

            return new(read, former?.Name ?? name, element);
        }
        catch (Exception exception) when (exception is not SpecificationException)
        {
            var cause = exception.InnerException is { } inner ? $" {inner.GetType().Name}: {inner.Message}" : "";
            throw new SpecificationException($"The stored event {name} {json} cannot be read: {exception.Message}{cause}", exception);
        }
    }
}

/// <summary>What a stored event is read as.</summary>
/// <param name="Event">The event.</param>
/// <param name="Name">Its name of today; null when it is retired.</param>
/// <param name="Json">The event as JSON.</param>
internal sealed record ReadEvent(object Event, string? Name, JsonElement Json);
