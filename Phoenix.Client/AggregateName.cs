using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Client;

/// <summary>The logical name of an aggregate type, looked up once.</summary>
internal static class AggregateName<TAggregate> where TAggregate : Aggregate
{
    public static string Value => Name ?? throw new ModelException($"{typeof(TAggregate)} has no logical name. Put [Aggregate(\"domain.name\")] on it.");

    private static readonly string? Name = typeof(TAggregate).GetCustomAttribute<AggregateAttribute>(inherit: false)?.Name;
}
