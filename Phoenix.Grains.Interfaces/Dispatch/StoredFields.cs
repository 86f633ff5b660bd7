using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>What objects of a type really hold: their fields, under the names of the members that show them.</summary>
internal static class StoredFields
{
    /// <summary>One field.</summary>
    /// <param name="Field">The field.</param>
    /// <param name="Name">The member's name; that of the property where the compiler made the field.</param>
    /// <param name="Advice">How to keep it.</param>
    /// <param name="IsIgnored">Marked [JsonIgnore].</param>
    public readonly record struct Stored(FieldInfo Field, string Name, string Advice, bool IsIgnored);

    /// <summary>The fields that are written nowhere or not read back.</summary>
    public static IEnumerable<Stored> LostOf(Type type, JsonTypeInfo info)
    {
        // A pair's private fields are not named after its properties, and still it survives.
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)) return [];
        var readable = info.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null)
            .Select(property => (property.AttributeProvider as MemberInfo)?.Name).ToHashSet();
        return Of(type).Where(field => !field.IsIgnored && !readable.Contains(field.Name));
    }

    public static IEnumerable<Stored> Of(Type type)
    {
        for (var declaring = type; declaring is not null && declaring != typeof(object) && declaring != typeof(Aggregate); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return Of(declaring, field);
        }
    }

    private static Stored Of(Type declaring, FieldInfo field)
    {
        if (!field.IsDefined(typeof(CompilerGeneratedAttribute)) || !field.Name.StartsWith('<')) return new(field, field.Name, "put [JsonInclude] on it.", IsIgnored(field));
        var name = field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
        MemberInfo member = declaring.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) ?? (MemberInfo)field;
        return new(field, name, "give it a public setter, or [JsonInclude] and a private one.", IsIgnored(member));
    }

    private static bool IsIgnored(MemberInfo member) => member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always };
}
