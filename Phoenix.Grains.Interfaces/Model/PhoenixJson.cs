using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Phoenix.Json;

namespace Phoenix.Model;

/// <summary>How user types become JSON. Nothing in a document chooses a CLR type (guarantee 12), and nothing is written that could not be read back.</summary>
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

    /// <summary>
    /// Events and snapshots, which we wrote, perhaps years ago: a member that is missing gets its default, also a <c>required</c> one, and the order of members
    /// does not matter, since PostgreSQL changes it.
    /// </summary>
    public static JsonSerializerOptions State { get; } = CreateState(isStored: true);

    /// <summary>Replies and answers, which strangers read: like <see cref="State"/>, in plain JSON.</summary>
    internal static JsonSerializerOptions Reply { get; } = CreateState(isStored: false);

    /// <summary>Like <see cref="State"/>, but half a surrogate pair is an error instead of U+FFFD.</summary>
    internal static JsonSerializerOptions WholeText { get; } = CreateState(isStored: true, new WholeTextConverter(), new WholeCharConverter());

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

    private static JsonSerializerOptions CreateState(bool isStored, params IEnumerable<JsonConverter> converters) => Create(options =>
    {
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NothingLost.Check, NothingLost.RequireNothing } };
        options.Converters.Add(new FloatConverter<double>(isStored, isStrict: false));
        options.Converters.Add(new FloatConverter<float>(isStored, isStrict: false));
        options.Converters.Add(new FloatConverter<Half>(isStored, isStrict: false));
        options.Converters.Add(new StoredTimeConverter());
        foreach (var converter in converters) options.Converters.Add(converter);
    });

    private static JsonSerializerOptions Create(Action<JsonSerializerOptions> configure)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DictionaryKeyPolicy = null,
            AllowDuplicateProperties = false,
            AllowOutOfOrderMetadataProperties = true,
            Converters = { new JsonStringEnumConverter() },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NothingLost.Check } },
        };
        configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
