using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Phoenix.Json;

/// <summary>
/// The one member that is ours in every stored or sent JSON object: <c>$phoenix</c>. A later build may put a payload into an envelope of
/// this name, for example
/// one that names the key it is encrypted with (decision 0020). This build has none, and refuses what has one: without that it would read
/// an object whose members are all missing, and go on with their defaults.
/// </summary>
internal static class Envelope
{
    public const string Member = "$phoenix";

    /// <summary>Takes the name for us.</summary>
    /// <exception cref="ModelException">The type has a member of this name.</exception>
    public static void Reserve(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || info.Type == typeof(object)) return;
        if (info.Properties.Any(property => property.Name == Member))
            throw new ModelException($"{info.Type} has a member '{Member}'. That name is kept for envelopes of the framework: give it another.");
        var reserved = info.CreateJsonPropertyInfo(typeof(JsonElement), Member);
        reserved.Set = static (_, _) => throw new JsonException($"The member '{Member}' is an envelope, which this build cannot open. Use the build that made it, or a later one.");
        info.Properties.Add(reserved);
    }

    /// <summary>The type's own members.</summary>
    public static IEnumerable<JsonPropertyInfo> Members(this JsonTypeInfo info) => info.Properties.Where(property => property.Name != Member);

    /// <summary>
    /// Whether a payload that is passed on as it is stands in an envelope. PostgreSQL writes a space behind the colon, and nothing before.
    /// </summary>
    public static bool Holds(string? json) => json is not null && json.StartsWith($"{{\"{Member}\"", StringComparison.Ordinal);
}
