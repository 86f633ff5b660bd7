using System.Text.Json.Serialization.Metadata;
using Phoenix.Json;

namespace Phoenix.Dispatch;

/// <summary>Finds types whose objects storage may give back in another order.</summary>
internal static class DictionaryTypes
{
    /// <summary>Whether the type holds, at any depth, a dictionary or something written by a converter of the user's own.</summary>
    public static bool MayHold(Type type) => MayHold(type, []);

    private static bool MayHold(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type)) return false;
        var info = PhoenixJson.State.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Dictionary => true,
            JsonTypeInfoKind.Enumerable => MayHold(info.ElementType!, seen),
            JsonTypeInfoKind.Object => info.Members().Any(property => property.CustomConverter is not null || MayHold(property.PropertyType, seen))
                || info.PolymorphismOptions?.DerivedTypes.Any(kind => MayHold(kind.DerivedType, seen)) == true,
            _ => info.Converter.GetType().Assembly != typeof(JsonTypeInfo).Assembly && info.Converter.GetType().Assembly != typeof(PhoenixJson).Assembly,
        };
    }
}
