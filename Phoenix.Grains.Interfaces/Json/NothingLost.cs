using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Phoenix.Json;

/// <summary>
/// Refuses to write what could not be read back: a value whose type has more members than the type it is declared as, and a collection
/// whose comparer JSON has no place for. Written without a word, both would be another value after the next replay.
/// </summary>
internal static class NothingLost
{
    public static void Check(JsonTypeInfo info)
    {
        if (info.Kind == JsonTypeInfoKind.None || info.Type.IsValueType) return;
        if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
        {
            if (Comparers.MayHave(info.Type)) info.OnSerializing += CheckComparer;
        }
        else if (info is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null } && !info.Type.IsSealed && info.Type != typeof(object))
        {
            var declared = info.Type;
            info.OnSerializing += value => CheckType(value, declared);
        }
    }

    /// <summary>A member that was made <c>required</c> later is missing in what was written before: it gets its default.</summary>
    public static void RequireNothing(JsonTypeInfo info)
    {
        foreach (var property in info.Properties) property.IsRequired = false;
    }

    private static void CheckType(object value, Type declared)
    {
        if (value.GetType() != declared)
        {
            throw new JsonException(
                $"A {value.GetType().Name} stands where a {declared.Name} is declared, and what it has beyond that would be lost. "
                + "Declare the kinds with [JsonDerivedType].");
        }
    }

    private static void CheckComparer(object value)
    {
        if (Comparers.HasOwn(value))
        {
            throw new JsonException(
                $"A {value.GetType().Name} has a comparer of its own, which JSON does not keep: after a replay it would compare otherwise. "
                + "Bring keys to one form before they are added, or give the member a [JsonConverter] that makes the comparer.");
        }
    }
}
