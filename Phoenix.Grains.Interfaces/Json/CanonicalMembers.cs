using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Phoenix.Json;

/// <summary>
/// Members in the order of their names, and optional ones only if they are not at their default: a type may get further optional members,
/// whatever their defaults, and be written in another order, and content that was sent before is written as it was.
/// </summary>
internal static class CanonicalMembers
{
    public static void Arrange(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object) return;
        var blank = new Lazy<object?>(() => Blank(info.Type));
        var order = 0;
        foreach (var property in info.Properties.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            property.Order = order++;
            if (property.Get is null || property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false }) continue;
            var defaultValue = new Lazy<object?>(() => DefaultOf(property, blank.Value));
            property.ShouldSerialize = (_, value) => !IsSame(value, defaultValue.Value, property.PropertyType);
        }
    }

    private static object? DefaultOf(JsonPropertyInfo property, object? blank)
    {
        if (property.AssociatedParameter is not { } parameter) return blank is null ? null : property.Get!(blank);
        return parameter.DefaultValue ?? (property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null);
    }

    private static bool IsSame(object? value, object? defaultValue, Type type) => value is null || defaultValue is null
        ? ReferenceEquals(value, defaultValue)
        : value.Equals(defaultValue)
            || (!type.IsValueType && JsonSerializer.Serialize(value, type, PhoenixJson.Canonical) == JsonSerializer.Serialize(defaultValue, type, PhoenixJson.Canonical));

    /// <summary>An object of which nothing was said.</summary>
    private static object? Blank(Type type)
    {
        try
        {
            return JsonSerializer.Deserialize("{}", type, PhoenixJson.State);
        }
        catch (Exception)
        {
            // Its constructor insists on something; then members without a parameter have their types' defaults.
            return null;
        }
    }
}
