using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>Like <see cref="WholeTextConverter"/>, for a single character.</summary>
internal sealed class WholeCharConverter : JsonConverter<char>
{
    private static readonly JsonConverter<char> Plain = (JsonConverter<char>)JsonSerializerOptions.Default.GetConverter(typeof(char));

    public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Plain.Read(ref reader, typeToConvert, options);

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => Plain.Write(writer, Checked(value), options);

    public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Plain.ReadAsPropertyName(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, char value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, Checked(value), options);

    private static char Checked(char value) => char.IsSurrogate(value) ? throw new JsonException(WholeText.Problem) : value;
}
