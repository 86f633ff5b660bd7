using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Phoenix.Json;

namespace Phoenix;

/// <summary>
/// How user types become JSON. Nothing in a document chooses a CLR type (guarantee 12), and nothing is written that could not be read back.
/// </summary>
public static class PhoenixJson
{
    /// <summary>
    /// Commands and queries, which strangers write: a missing constructor parameter, a null where the type says no null, a number where
    /// text belongs or one that would be rounded, an enum's name in another case, or a time without an offset is refused. Unknown members
    /// are ignored.
    /// </summary>
    public static JsonSerializerOptions Message { get; } = Create(options =>
    {
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Converters.Clear();
        options.Converters.Add(new StrictEnumConverter());
        options.Converters.Add(new ExactDecimalConverter());
        options.Converters.Add(new StrictMomentConverter());
        options.Converters.Add(new StrictTimeConverter());
        AddFloats(options, isStored: false, isStrict: true);
    });

    /// <summary>
    /// Events and snapshots, which we wrote, perhaps years ago: a member that is missing gets its default, also a <c>required</c> one, and
    /// the order of members does not matter, since PostgreSQL changes it.
    /// </summary>
    public static JsonSerializerOptions State { get; } = CreateState(isStored: true);

    /// <summary>Replies and answers, which strangers read: like <see cref="State"/>, in plain JSON.</summary>
    internal static JsonSerializerOptions Reply { get; } = CreateState(isStored: false);

    /// <summary>Like <see cref="State"/>, but half a surrogate pair is an error instead of U+FFFD.</summary>
    internal static JsonSerializerOptions WholeText { get; } = CreateState(isStored: true, new WholeTextConverter(), new WholeCharConverter());

    /// <summary>
    /// What payload hashes are computed over: one form for the same content, whatever its order of members and of what has no order, the
    /// scale of its decimals, and whether optional members are sent at their default or left out.
    /// </summary>
    internal static JsonSerializerOptions Canonical { get; } = Create(options =>
    {
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { CanonicalMembers.Arrange } };
        options.Converters.Add(new CanonicalDecimalConverter());
        options.Converters.Add(new CanonicalCollectionConverter());
        options.Converters.Add(new CanonicalDocumentConverter());
    });

    private static void AddFloats(JsonSerializerOptions options, bool isStored, bool isStrict)
    {
        options.Converters.Add(new FloatConverter<double>(isStored, isStrict));
        options.Converters.Add(new FloatConverter<float>(isStored, isStrict));
        options.Converters.Add(new FloatConverter<Half>(isStored, isStrict));
    }

    private static JsonSerializerOptions CreateState(bool isStored, params IEnumerable<JsonConverter> converters) => Create(options =>
    {
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NothingLost.Check, NothingLost.RequireNothing, Envelope.Reserve } };
        AddFloats(options, isStored, isStrict: false);
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
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NothingLost.Check, Envelope.Reserve } },
        };
        configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
