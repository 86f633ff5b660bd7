using System.Collections.Concurrent;
using System.Reflection;

namespace Phoenix.Model;

/// <summary>Logical names of kinds of aggregates by contract, looked up once.</summary>
internal static class ContractNames
{
    private static readonly ConcurrentDictionary<Type, string> Known = new();

    /// <exception cref="ModelException">The contract carries no name.</exception>
    public static string Of(Type contract) => Known.GetOrAdd(contract, static type => type.GetCustomAttribute<AggregateAttribute>(inherit: false)?.Name
        ?? throw new ModelException($"{type} has no logical name. Put [Aggregate(\"domain.name\")] on it."));
}
