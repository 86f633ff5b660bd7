using System.Text.Json;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>How things look in error messages.</summary>
internal static class Text
{
    public static string Of(JsonElement element) => JsonDifference.Shown(element);

    /// <summary>A command, query or event: its name and its JSON.</summary>
    public static string Of(object message) => $"{LogicalNames.Of(message.GetType())} {JsonOf(message)}";

    public static string JsonOf(object? value) => Of(AsElement(value));

    public static JsonElement AsElement(object? value) => JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), PhoenixJson.State);

    public static string Of(IReadOnlyCollection<IEvent> events) =>
        events.Count == 0 ? $"\n  no events" : Lines(events.Select((@event, index) => $"{index + 1}. {Of(@event)}"));

    public static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  {line}"));
}
