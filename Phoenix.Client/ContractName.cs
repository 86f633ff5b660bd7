using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Client;

/// <summary>The logical name of the aggregate behind a contract, looked up once.</summary>
internal static class ContractName<TContract> where TContract : IAggregateGrain
{
    public static string Value => Name ?? throw new ModelException($"{typeof(TContract)} has no logical name. Put [Aggregate(\"domain.name\")] on it.");

    private static readonly string? Name = typeof(TContract).GetCustomAttribute<AggregateAttribute>(inherit: false)?.Name;
}
