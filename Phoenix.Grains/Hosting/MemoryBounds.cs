using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Aggregates;
using Phoenix.Dispatch;

namespace Phoenix.Hosting;

/// <summary>Lets a silo's memory follow the aggregates that are in use, not those that ever were.</summary>
internal static class MemoryBounds
{
    private const int LeastCache = 1_000;

    public static void BoundMemory(this ISiloBuilder builder)
    {
        builder.Services.AddSingleton<ActiveAggregates>();
        // A remembered address takes 290 bytes and outlives its activation; Orleans keeps 1,000,000. One that is not remembered costs a
        // question to another silo at most.
        builder.Services.AddOptions<GrainDirectoryOptions>().Configure<AggregateOptions>((directory, aggregates) => directory.CacheSize = Math.Max(LeastCache, aggregates.MaxActive / 2));
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
                collection.ClassSpecificCollectionAge[grain.FullName!] = aggregates.IdleAfterFor(model.Name);
        }
    }
}
