using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>Text that is written only if it is whole: half a surrogate pair would silently become U+FFFD.</summary>
internal sealed class WholeTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Checked(value));

    public static string Checked(string text) => WholeText.Is(text) ? text : throw new JsonException(WholeText.Problem);
}
