using Orleans.Metadata;
using Phoenix.Aggregates;
using Phoenix.Dispatch;

namespace Phoenix.Hosting;

/// <summary>
/// Gives an aggregate's grain the aggregate's logical name as its grain type. Orleans finds the grains of every assembly in the process:
/// those of a domain that this host does not run get names that nobody asks for, since two of them may have classes of one name, and
/// Orleans' own names would then keep the silo from starting.
/// </summary>
internal sealed class AggregateGrainTypes(DomainModel domain) : IGrainTypeProvider
{
    public bool TryGetGrainType(Type type, out GrainType grainType)
    {
        grainType = default;
        if (type.IsAbstract || type.ContainsGenericParameters || AggregateOf(type) is null) return false;
        grainType = GrainType.Create(ModelOf(type, domain)?.Name ?? $"phoenix.not-run.{type.FullName}");
        return true;
    }

    /// <summary>The model of the aggregate behind a grain class, or null when it is none of this host's.</summary>
    public static AggregateModel? ModelOf(Type grain, DomainModel domain) =>
        AggregateOf(grain) is { } aggregate ? domain.Aggregates.Values.FirstOrDefault(model => model.Type == aggregate) : null;

    /// <summary>The aggregate behind a grain class, or null when it is no aggregate's.</summary>
    public static Type? AggregateOf(Type grain)
    {
        for (var type = grain.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(AggregateGrain<>)) return type.GetGenericArguments()[0];
        }

        return null;
    }
}
