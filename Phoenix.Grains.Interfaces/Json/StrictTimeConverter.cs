using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>
/// A <see cref="DateTime"/> in a message: sent with its offset, read as UTC. One without a zone could mean anything and is not sent.
/// </summary>
internal sealed class StrictTimeConverter : JsonConverter<DateTime>
{
    private static readonly JsonConverter<DateTime> Plain = (JsonConverter<DateTime>)JsonSerializerOptions.Default.GetConverter(typeof(DateTime));

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Rfc3339.Read(ref reader).UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Zoned(value));

    public override DateTime ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Rfc3339.Read(ref reader).UtcDateTime;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, Zoned(value), options);

    private static DateTime Zoned(DateTime value) => value.Kind != DateTimeKind.Unspecified
        ? value.ToUniversalTime()
        : throw new RefusedValueException("a DateTime of unspecified kind means another time in another zone; use DateTimeOffset, or UTC");
}
