using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>
/// A <see cref="DateTime"/> in what is stored: UTC, or without a zone. One with an offset is read as UTC wherever it is read; one of the
/// machine's own zone is not written, since another machine would read another time.
/// </summary>
internal sealed class StoredTimeConverter : JsonConverter<DateTime>
{
    private static readonly JsonConverter<DateTime> Plain = (JsonConverter<DateTime>)JsonSerializerOptions.Default.GetConverter(typeof(DateTime));

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Zoneless(reader.GetDateTime());

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override DateTime ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Zoneless(Plain.ReadAsPropertyName(ref reader, typeToConvert, options));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, Checked(value), options);

    private static DateTime Zoneless(DateTime value) => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;

    private static DateTime Checked(DateTime value) => value.Kind != DateTimeKind.Local
        ? value
        : throw new JsonException("A DateTime in the machine's own time zone means another time on another machine. Use DateTimeOffset, or UTC.");
}
