using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Model;

/// <summary>How user types become JSON. Nothing in a document chooses a CLR type (guarantee 12).</summary>
public static class PhoenixJson
{
    /// <summary>
    /// Commands and queries, which strangers write: a missing constructor parameter, a null where the type says no null, or a number where text belongs is refused.
    /// Unknown members are ignored.
    /// </summary>
    public static JsonSerializerOptions Message { get; } = Create(options =>
    {
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
    });

    /// <summary>Events, replies and snapshots, which we wrote, perhaps years ago: a member that is missing gets its default.</summary>
    public static JsonSerializerOptions State { get; } = Create(_ => { });

    /// <summary>
    /// What payload hashes are computed over: members with default values are left out and trailing zeros of decimals dropped, so
    /// neither the path of a command nor a new optional member of its type changes the hash.
    /// </summary>
    internal static JsonSerializerOptions Canonical { get; } = Create(options =>
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault;
        options.Converters.Add(new CanonicalDecimalConverter());
    });

    private sealed class CanonicalDecimalConverter : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDecimal();

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value / 1.0000000000000000000000000000m);
    }

    private static JsonSerializerOptions Create(Action<JsonSerializerOptions> configure)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DictionaryKeyPolicy = null,
            AllowDuplicateProperties = false,
            Converters = { new JsonStringEnumConverter() },
        };
        configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
