using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Phoenix.Dispatch;

/// <summary>What makes a type come back otherwise than it was written, or not at all.</summary>
internal static class RoundTripRules
{
    private static readonly HashSet<Type> Stacks = [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>)];
    private static readonly Type[] Documents = [typeof(JsonElement), typeof(JsonDocument), typeof(JsonNode)];

    /// <summary>A sentence that says so, or null.</summary>
    public static string? ProblemOf(Type type, JsonTypeInfo info, JsonRole role, bool isMember)
    {
        if (type == typeof(object)) return $"{type} inside {role} comes back as a JsonElement: use a concrete type.";
        if (Is(type, Stacks.Contains)) return $"{type} inside {role} comes back in reverse order: use a list.";
        if (Is(type, candidate => candidate == typeof(OrderedDictionary<,>))) return $"{type} inside {role} loses its order: use a list of pairs.";
        if (role.IsStored && Documents.Any(document => document.IsAssignableFrom(type)))
        {
            return $"{type} inside {role} comes back with another order of members and another form of numbers: "
                + "use a type of your own, or keep the text in a string.";
        }

        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => CollectionProblem(type, role),
            JsonTypeInfoKind.Object => KindsProblem(type, info, role, isMember) ?? ConstructorProblem(type, info, role) ?? DefaultProblem(type, info, role),
            _ => null,
        };
    }

    private static bool Is(Type type, Predicate<Type> wanted)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.IsGenericType && wanted(candidate.GetGenericTypeDefinition())) return true;
        }

        return false;
    }

    private static string? CollectionProblem(Type type, JsonRole role)
    {
        for (var declaring = type; declaring is not null && declaring.Assembly != typeof(object).Assembly; declaring = declaring.BaseType)
        {
            var isOwn = declaring.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;
            var own = StoredFields.Of(declaring).Where(field => field.Field.DeclaringType == declaring).ToList();
            if (isOwn && own is [var field, ..])
                return $"{type}.{field.Name} would be lost in {role}: a collection is written as its items alone. Use an object with the collection as a member.";
        }

        return null;
    }

    private static string? KindsProblem(Type type, JsonTypeInfo info, JsonRole role, bool isMember)
    {
        if (info.PolymorphismOptions is { } kinds)
        {
            if (kinds.UnknownDerivedTypeHandling != JsonUnknownDerivedTypeHandling.FailSerialization)
                return $"{type} inside {role} lets undeclared kinds be written as another: leave out UnknownDerivedTypeHandling.";
            return kinds.DerivedTypes.FirstOrDefault(kind => kind.TypeDiscriminator is null) is { DerivedType: { } unnamed }
                ? $"{unnamed} inside {role} comes back as {type}: give its [JsonDerivedType] a name."
                : null;
        }

        if (!isMember || type.IsSealed || type.IsAbstract || type.IsGenericType) return null;
        return type.Assembly.GetTypes().FirstOrDefault(candidate => candidate.IsSubclassOf(type)) is { } derived
            ? $"{derived} would lose its own members where {type} is declared inside {role}: declare the kinds with [JsonDerivedType]."
            : null;
    }

    private static string? ConstructorProblem(Type type, JsonTypeInfo info, JsonRole role)
    {
        if (type.IsAbstract || type.IsInterface || info.CreateObject is not null) return null;
        if (info.ConstructorAttributeProvider is not ConstructorInfo constructor)
            return $"{type} inside {role} is written but cannot be read back: give it one public constructor, or put [JsonConstructor] on the one to use.";
        var bound = info.Properties.Select(property => property.AssociatedParameter?.Name).ToHashSet();
        return constructor.GetParameters().FirstOrDefault(parameter => !bound.Contains(parameter.Name)) is { } odd
            ? $"{type} inside {role} is written but cannot be read back: its constructor's parameter '{odd.Name}' has no member of the same name and type."
            : null;
    }

    /// <summary>A member that is left out at the CLR's default comes back as its own default.</summary>
    private static string? DefaultProblem(Type type, JsonTypeInfo info, JsonRole role)
    {
        foreach (var property in info.Properties)
        {
            var ignored = (property.AttributeProvider as MemberInfo)?.GetCustomAttribute<JsonIgnoreAttribute>();
            if (ignored is not { Condition: JsonIgnoreCondition.WhenWritingDefault or JsonIgnoreCondition.WhenWritingNull }) continue;
            var typeDefault = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
            if (DefaultOf(info, property) is { } own && !own.Equals(typeDefault))
            {
                return $"{type}.{property.Name} inside {role} is left out at its type's default and comes back as {own}: "
                    + "take the condition from its [JsonIgnore].";
            }
        }

        return null;
    }

    private static object? DefaultOf(JsonTypeInfo info, JsonPropertyInfo property)
    {
        if (property.AssociatedParameter is { HasDefaultValue: true } parameter) return parameter.DefaultValue;
        return info.CreateObject is { } create && property.Get is { } get ? get(create()) : null;
    }
}
