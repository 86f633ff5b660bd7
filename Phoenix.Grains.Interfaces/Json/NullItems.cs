using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Phoenix.Json;

/// <summary>
/// Finds nulls among the items of lists and dictionaries whose type says that there are none; JSON's reader looks at members only.
/// </summary>
internal static class NullItems
{
    private static readonly ConcurrentDictionary<Type, Members> Known = new();

    /// <summary>The path of the first one, or null.</summary>
    public static string? PathOfFirst(object message) => In(message, "$");

    private static string? In(object value, string path)
    {
        foreach (var (name, get, items) in Known.GetOrAdd(value.GetType(), MembersOf).ToLookAt)
        {
            if (get(value) is { } member && In(member, items, $"{path}.{name}") is { } found) return found;
        }

        return null;
    }

    private static string? In(object value, Items items, string path)
    {
        if (!items.IsCollection) return In(value, path);
        if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
            {
                if (InItem(entry.Value, items, $"{path}.{entry.Key}") is { } found) return found;
            }
        }
        else
        {
            var index = 0;
            foreach (var item in (IEnumerable)value)
            {
                if (InItem(item, items, $"{path}[{index++}]") is { } found) return found;
            }
        }

        return null;
    }

    private static string? InItem(object? item, Items items, string path) => item is null
        ? items.AreNeverNull ? path : null
        : items.Within is { } within ? In(item, within, path) : null;

    private static Members MembersOf(Type type)
    {
        if (PhoenixJson.Message.GetTypeInfo(type) is not { Kind: JsonTypeInfoKind.Object } info) return new([]);
        var nullability = new NullabilityInfoContext();
        return new([
            .. from property in info.Properties
               where property.Get is not null
               let items = ItemsOf(property.PropertyType, NullabilityOf(property, nullability))
               where items is not null
               select (property.Name, property.Get, items),
        ]);
    }

    private static NullabilityInfo? NullabilityOf(JsonPropertyInfo property, NullabilityInfoContext context) => property.AttributeProvider switch
    {
        PropertyInfo member => context.Create(member),
        FieldInfo field => context.Create(field),
        _ => null,
    };

    /// <summary>What is to be looked at in values of this type; null when nothing is.</summary>
    private static Items? ItemsOf(Type type, NullabilityInfo? nullability)
    {
        var info = PhoenixJson.Message.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        if (info.Kind == JsonTypeInfoKind.Object) return new(IsCollection: false, AreNeverNull: false, Within: null);
        if (info.Kind is not (JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary) || info.ElementType is not { } element) return null;
        var item = nullability?.ElementType ?? (nullability?.GenericTypeArguments is { Length: > 0 } arguments ? arguments[^1] : null);
        var areNeverNull = !element.IsValueType && item?.ReadState == NullabilityState.NotNull;
        var within = ItemsOf(element, item);
        return areNeverNull || within is not null ? new(IsCollection: true, areNeverNull, within) : null;
    }

    private sealed record Members(IReadOnlyList<(string Name, Func<object, object?> Get, Items Items)> ToLookAt);

    private sealed record Items(bool IsCollection, bool AreNeverNull, Items? Within);
}
