using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Aggregates;
using Phoenix.Dispatch;

namespace Phoenix.Hosting;

/// <summary>Lets a silo's memory follow the aggregates that are in use, not those that ever were.</summary>
internal static class MemoryBounds
{
    public static void BoundMemory(this ISiloBuilder builder)
    {
        builder.Services.AddSingleton<ActiveAggregates>();
        // A remembered address takes 300 bytes and outlives its activation; Orleans keeps 1,000,000. More than can be active are of no use.
        builder.Services.AddOptions<GrainDirectoryOptions>().Configure<AggregateOptions>((directory, aggregates) => directory.CacheSize = aggregates.MaxActive);
        builder.Services.AddOptions<GrainCollectionOptions>().Configure<IOptions<GrainTypeOptions>, AggregateOptions, DomainModel>(CollectIdle);
    }

    private static void CollectIdle(GrainCollectionOptions collection, IOptions<GrainTypeOptions> grains, AggregateOptions aggregates, DomainModel domain)
    {
        // Four looks in the shortest period, so that nothing stays much longer than it should.
        var quantum = aggregates.IdleAfterOf.Values.Append(aggregates.IdleAfter).Min() / 4;
        if (quantum < collection.CollectionQuantum) collection.CollectionQuantum = quantum;
        foreach (var grain in grains.Value.Classes)
        {
            if (AggregateGrainTypes.ModelOf(grain, domain) is { } model)
                collection.ClassSpecificCollectionAge[grain.FullName!] = aggregates.IdleAfterOf.TryGetValue(model.Name, out var own) ? own : aggregates.IdleAfter;
        }
    }
}
