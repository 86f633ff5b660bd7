using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Phoenix.Json;

namespace Phoenix.Dispatch;

/// <summary>
/// Proves of a type that every object of it comes back from JSON as it is, and that nothing else can change it meanwhile: sealed, only
/// read-only fields, each of them a member, of types of which the same is true. What its constructor does to values cannot be seen from
/// outside; a specimen shows whether it does anything.
/// </summary>
internal static class ExactTypes
{
    private static readonly HashSet<Type> Leaves =
    [
        typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(Int128), typeof(UInt128), typeof(decimal), typeof(double), typeof(float), typeof(Half), typeof(char), typeof(string), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset),
        typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    public static bool Is(Type type) => IsProven(type, []) && Survives(type);

    private static bool IsProven(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type)) return true;
        var info = PhoenixJson.State.GetTypeInfo(type);
        if (Leaves.Contains(type)) return true;
        if (type.IsEnum) return !type.IsDefined(typeof(JsonConverterAttribute), inherit: false);
        if (info.Kind != JsonTypeInfoKind.Object || info.PolymorphismOptions is not null) return false;
        if (!type.IsSealed || typeof(IJsonOnDeserialized).IsAssignableFrom(type)) return false;
        var written = info.Properties.ToLookup(property => (property.AttributeProvider as System.Reflection.MemberInfo)?.Name);
        return StoredFields.Of(type).All(field =>
            (type.IsValueType || field.Field.IsInitOnly) && !field.IsIgnored && written[field.Name].Any(IsPlain) && IsProven(field.Field.FieldType, seen));
    }

    private static bool IsPlain(JsonPropertyInfo property) =>
        property.CustomConverter is null && property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true;

    private static bool Survives(Type type)
    {
        try
        {
            var first = JsonSerializer.Serialize(Specimen(type, [])?.Deserialize(type, PhoenixJson.State), type, PhoenixJson.State);
            return first == JsonSerializer.Serialize(JsonSerializer.Deserialize(first, type, PhoenixJson.State), type, PhoenixJson.State);
        }
        catch (Exception)
        {
            // Its constructor takes no specimen; then each of its objects is looked at when it is stored.
            return false;
        }
    }

    private static JsonNode? Specimen(Type type, HashSet<Type> within)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!within.Add(type)) return null;
        var specimen = type switch
        {
            _ when type == typeof(bool) => JsonValue.Create(true),
            _ when type == typeof(string) => JsonValue.Create("Specimen "),
            _ when type == typeof(char) => JsonValue.Create("s"),
            _ when type == typeof(Guid) => JsonValue.Create("6b0d0d5c-6a52-4a39-9d8c-0b0a7c1f2e3d"),
            _ when type == typeof(DateTime) => JsonValue.Create("2026-03-29T01:30:00.1234567Z"),
            _ when type == typeof(DateTimeOffset) => JsonValue.Create("2026-03-29T01:30:00.1234567+05:45"),
            _ when type == typeof(DateOnly) => JsonValue.Create("2026-03-29"),
            _ when type == typeof(TimeOnly) => JsonValue.Create("01:30:00.1234567"),
            _ when type == typeof(TimeSpan) => JsonValue.Create("1.01:30:00.1234567"),
            _ when type == typeof(decimal) || type == typeof(double) || type == typeof(float) || type == typeof(Half) => JsonValue.Create(7.125),
            _ when type.IsEnum => JsonSerializer.SerializeToNode(Enum.ToObject(type, 1), type, PhoenixJson.State),
            _ when Leaves.Contains(type) => JsonValue.Create(7),
            _ => (JsonNode)new JsonObject(PhoenixJson.State.GetTypeInfo(type).Members()
                .Where(property => property.Set is not null || property.AssociatedParameter is not null)
                .Select(property => KeyValuePair.Create(property.Name, Specimen(property.PropertyType, within)))),
        };
        within.Remove(type);
        return specimen;
    }
}
