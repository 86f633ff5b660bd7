using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Phoenix.Json;

/// <summary>Says what is wrong with a message in words of JSON; the reader's own words name CLR types.</summary>
internal static partial class ReadingProblem
{
    public static string Of(Type type, ReadOnlyMemory<byte> payload, JsonException error)
    {
        var path = error.Path is { Length: > 0 } found ? found : "$";
        if (error is RefusedValueException) return $"{path}: {error.Message}.";
        // The text itself is no JSON; the reader says where, and knows no types.
        if (error.InnerException is JsonException syntax) return syntax.Message;
        if (error.Message.StartsWith("Duplicate", StringComparison.Ordinal)) return $"{path}: a member occurs twice.";
        return Explain(type, payload, path);
    }

    /// <summary>The reader found no kind to make: null when this is another error.</summary>
    public static string? Of(NotSupportedException error) =>
        error.Source == typeof(JsonSerializer).Assembly.GetName().Name && PathIn().Match(error.Message) is { Success: true } match
            ? $"{match.Groups["path"].Value}: expected '$type' with the name of one of the declared kinds."
            : null;

    private static string Explain(Type type, ReadOnlyMemory<byte> payload, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = PhoenixJson.Message.MaxDepth });
            var (place, element) = (type, document.RootElement);
            foreach (Match step in Steps().Matches(path[1..])) (place, element) = Into(place, element, step);
            var info = InfoOf(place);
            if (info.Kind == JsonTypeInfoKind.Object && element.ValueKind == JsonValueKind.Object && MissingIn(info, element) is { Count: > 0 } missing)
                return $"{path}: missing {string.Join(", ", missing.Select(name => $"'{name}'"))}.";
            return $"{path}: expected {Expected(info)}; found {Found(element)}.";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            return $"{path}: the value is not of its member's type.";
        }
    }

    private static (Type, JsonElement) Into(Type type, JsonElement element, Match step)
    {
        var info = InfoOf(type);
        if (step.Groups["index"] is { Success: true } index)
            return (info.ElementType!, element[int.Parse(index.Value, System.Globalization.CultureInfo.InvariantCulture)]);
        var name = step.Groups["name"].Success ? step.Groups["name"].Value : step.Groups["quoted"].Value;
        var member = info.Kind == JsonTypeInfoKind.Dictionary ? info.ElementType! : info.Properties.First(property => property.Name == name).PropertyType;
        return (member, element.GetProperty(name));
    }

    private static JsonTypeInfo InfoOf(Type type) => PhoenixJson.Message.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static List<string> MissingIn(JsonTypeInfo info, JsonElement element) =>
    [
        .. info.Properties.Where(property => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false })
            .Select(property => property.Name).Where(name => !element.TryGetProperty(name, out _)),
    ];

    private static string Expected(JsonTypeInfo info) => info.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "a JSON object",
        JsonTypeInfoKind.Enumerable => "an array",
        _ => Type.GetTypeCode(info.Type) switch
        {
            TypeCode.String => "text",
            TypeCode.Char => "a text of one character",
            TypeCode.Boolean => "true or false",
            TypeCode.Decimal or TypeCode.Double or TypeCode.Single => "a number that its type can hold",
            >= TypeCode.SByte and <= TypeCode.UInt64 => "a whole number that its type can hold",
            _ when info.Type == typeof(Guid) => "a UUID as text",
            _ => "a value of its member's type",
        },
    };

    private static string Found(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    [GeneratedRegex(@"Path: (?<path>\S+) \|")]
    private static partial Regex PathIn();

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<index>\d+)\]|\['(?<quoted>.*?)'\]")]
    private static partial Regex Steps();
}
