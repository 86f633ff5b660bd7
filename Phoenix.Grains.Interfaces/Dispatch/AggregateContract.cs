using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>The contract that an aggregate's rules fulfil.</summary>
/// <param name="Type">The grain interface.</param>
/// <param name="Name">The logical name of the kind of aggregate.</param>
internal sealed record AggregateContract(Type Type, string Name)
{
    /// <summary>The contract in <c>class Account : Aggregate&lt;IAccountGrain&gt;</c>; null for a type that is no aggregate.</summary>
    public static Type? TypeOf(Type rules) => ArgumentOf(rules, typeof(Aggregate<>));

    /// <summary>The type argument of a generic base class; null when it is no base class.</summary>
    public static Type? ArgumentOf(Type rules, Type baseClass)
    {
        for (var type = rules.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == baseClass) return type.GetGenericArguments()[0];
        }

        return null;
    }

    public static AggregateContract? Read(Type type, List<string> problems)
    {
        try
        {
            if (!type.IsInterface) problems.Add($"{type} is no contract: a contract is an interface that derives from {nameof(IAggregateGrain)}.");
            else if (type.GetCustomAttribute<AggregateAttribute>(inherit: false) is { } attribute) return new(type, attribute.Name);
            else problems.Add($"{type} has no logical name. Put [Aggregate(\"domain.name\")] on it.");
        }
        catch (ModelException exception)
        {
            problems.Add($"{type}: {exception.Message}");
        }

        return null;
    }

    /// <summary>True for an interface that names a kind of aggregate.</summary>
    public static bool Is(Type type) => type.IsInterface && typeof(IAggregateGrain).IsAssignableFrom(type) && type.IsDefined(typeof(AggregateAttribute), inherit: false);
}
