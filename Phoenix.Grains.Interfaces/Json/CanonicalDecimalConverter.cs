using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>Decimals by their value: 5 and 5.00 are written alike.</summary>
internal sealed class CanonicalDecimalConverter : JsonConverter<decimal>
{
    private static readonly JsonConverter<decimal> Plain = (JsonConverter<decimal>)JsonSerializerOptions.Default.GetConverter(typeof(decimal));

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDecimal();

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(WithoutScale(value));

    public override decimal ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Plain.ReadAsPropertyName(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, WithoutScale(value), options);

    private static decimal WithoutScale(decimal value) => value / 1.0000000000000000000000000000m;
}
