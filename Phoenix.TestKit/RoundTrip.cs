using System.Text.Json;
using Phoenix.Json;

namespace Phoenix.TestKit;

/// <summary>Sends an object through JSON, as storage and wire do, and says what got lost.</summary>
internal static class RoundTrip
{
    public static T Of<T>(T value, JsonSerializerOptions options, string role) where T : class
    {
        var type = value.GetType();
        var (written, copy, again) = Travel(value, type, options, role);
        var differences = JsonDifference.Between(written, again, expectedWord: "written", foundWord: "read back");
        return differences.Count == 0
            ? (T)copy
            : throw new SpecificationException($"{role} {type} does not survive JSON. A host would lose:{Text.Lines(differences)}");
    }

    private static (JsonElement Written, object Copy, JsonElement Again) Travel(object value, Type type, JsonSerializerOptions options, string role)
    {
        try
        {
            var written = JsonSerializer.SerializeToElement(value, type, options);
            // Storage gives members back in an order of its own.
            var copy = JsonSerializer.Deserialize(JsonbForm.Of(written), type, options)!;
            return (written, copy, JsonSerializer.SerializeToElement(copy, type, options));
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new SpecificationException($"{role} {type} cannot be written as JSON and read back: {exception.Message}", exception);
        }
    }
}
