using JasperFx.Events.Projections;
using Marten;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;

namespace Phoenix.Benchmarks.Parts;

/// <summary>A silo of ours with the projection, on a log that may have events to begin with.</summary>
internal static class ProjectingSilo
{
    public static async Task<SiloHost> StartAsync(PartSettings settings)
    {
        var silo = await PhoenixSilo.StartAsync(settings, orleans => orleans.Services.ConfigureMarten<ILogStore>(store =>
            store.Projections.Add(new TallyTotals(store.DatabaseSchemaName, ProjectedTotals.Phoenix), ProjectionLifecycle.Async)));
        if (settings.Events == 0) return silo;
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await StoredEvents.AddAsync(source, settings.Keys, settings.Events);
        return silo;
    }
}
