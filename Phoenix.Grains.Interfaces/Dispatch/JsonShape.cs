using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Phoenix.Json;

namespace Phoenix.Dispatch;

/// <summary>
/// Compares what a type holds with what its JSON carries. A private setter without [JsonInclude] is written and never read back: without
/// this check the loss shows up at the first recovery from a snapshot.
/// </summary>
internal static class JsonShape
{
    /// <summary>Adds a sentence for every member of the type, or of a type it holds, that would not survive a round trip.</summary>
    public static void Check(Type type, JsonRole role, List<string> problems) => Visit(type, role, problems, [], isMember: false);

    /// <summary>A hash over names and types of all JSON members, recursively.</summary>
    public static string Fingerprint(Type type)
    {
        var description = new StringBuilder();
        Describe(type, description, []);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description.ToString())).AsSpan(0, 8));
    }

    private static void Visit(Type type, JsonRole role, List<string> problems, HashSet<Type> seen, bool isMember)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type)) return;
        if (TryGetInfo(type, role, problems) is not { } info) return;
        if (RoundTripRules.ProblemOf(type, info, role, isMember) is { } problem)
        {
            problems.Add(problem);
            return;
        }

        if (info.KeyType is { } key) Visit(key, role, problems, seen, isMember: true);
        if (info.ElementType is { } element) Visit(element, role, problems, seen, isMember: true);
        if (info.Kind != JsonTypeInfoKind.Object) return;
        foreach (var kind in info.PolymorphismOptions?.DerivedTypes ?? []) Visit(kind.DerivedType, role, problems, seen, isMember: false);
        if (type.IsInterface || type.IsAbstract)
        {
            if (info.PolymorphismOptions is null)
                problems.Add($"{type} inside {role} is written but cannot be read back: use a concrete type, or declare its kinds with [JsonDerivedType].");
            return;
        }

        foreach (var (_, name, advice, _) in StoredFields.LostOf(type, info))
            problems.Add($"{type}.{name} would be lost in {role}: {advice} Or mark it [JsonIgnore] if it is derived from other members.");
        foreach (var property in info.Members().Where(IsWritten)) Visit(property.PropertyType, role, problems, seen, isMember: true);
    }

    // What is ignored is nobody's concern, and a converter of the user's own knows what it does.
    private static bool IsWritten(JsonPropertyInfo property) => property.CustomConverter is null && (property.Get is not null || property.Set is not null);

    private static JsonTypeInfo? TryGetInfo(Type type, JsonRole role, List<string> problems)
    {
        try
        {
            var info = PhoenixJson.State.GetTypeInfo(type);
            TryRead(info);
            return info;
        }
        catch (Exception exception) when (exception is InvalidOperationException or NotSupportedException or ModelException)
        {
            problems.Add($"{type} cannot be stored as JSON in {role}: {exception.Message}");
            return null;
        }
    }

    /// <summary>Some types, such as delegates and read-only collections, say only when they are read that they cannot be.</summary>
    private static void TryRead(JsonTypeInfo info)
    {
        try
        {
            if (info.Kind == JsonTypeInfoKind.Enumerable) JsonSerializer.Deserialize("[]", info);
            else if (info.Kind == JsonTypeInfoKind.Dictionary) JsonSerializer.Deserialize("{}", info);
            else if (info.Kind == JsonTypeInfoKind.None) JsonSerializer.Deserialize("0", info);
        }
        catch (Exception exception) when (exception is not NotSupportedException)
        {
            // The type can be read, only not from this.
        }
    }

    private static void Describe(Type type, StringBuilder description, HashSet<Type> seen)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            Describe(underlying, description.Append('?'), seen);
            return;
        }

        description.Append(type.IsGenericType ? type.Name : type.FullName);
        if (!seen.Add(type)) return;
        var info = PhoenixJson.State.GetTypeInfo(type);
        if (info.ElementType is { } element) Describe(element, description.Append('['), seen);
        if (info.KeyType is { } key) Describe(key, description.Append('#'), seen);
        if (info.Kind != JsonTypeInfoKind.Object) return;
        foreach (var kind in info.PolymorphismOptions?.DerivedTypes ?? []) Describe(kind.DerivedType, description.Append('|').Append(kind.TypeDiscriminator), seen);
        foreach (var property in info.Members().OrderBy(property => property.Name, StringComparer.Ordinal))
            Describe(property.PropertyType, description.Append(';').Append(property.Name).Append(':'), seen);
    }
}
