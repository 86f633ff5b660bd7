using Orleans.Metadata;
using Phoenix.Messages;

namespace Phoenix.Gateway.Aggregates;

/// <summary>The way to the silos, if this gateway has one.</summary>
internal sealed class Cluster(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    private const string AggregateInterface = "phoenix.IAggregateGrain";

    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    /// <exception cref="CommandFailedException">No silo hosts this kind of aggregate.</exception>
    public IAggregateGrain Grain(AggregateAddress address)
    {
        var grains = services.GetService<IGrainFactory>() ?? throw new UnavailableException(
            "This gateway knows no silo, so it takes commands but answers nothing from aggregates. Set Phoenix:ConnectionString to the silos' database, or Phoenix:Cluster:Gateways to their gateway addresses.");
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            throw new UnavailableException("The gateway has not reached the cluster yet. Ask again when /health/ready says so.");
        var type = GrainType.Create(address.Aggregate);
        if (!IsAggregate(type))
            throw new CommandFailedException(ErrorCodes.UnknownName, $"No silo hosts an aggregate '{address.Aggregate}'. Check the name and that the domain's assembly is loaded.");
        return grains.GetGrain<IAggregateGrain>(GrainId.Create(type, IdSpan.Create(address.Id)));
    }

    // The path may name any grain type of the cluster; only aggregates are for callers of the gateway.
    private bool IsAggregate(GrainType type) => services.GetRequiredService<IClusterManifestProvider>().Current.AllGrainManifests.Any(manifest =>
        manifest.Grains.TryGetValue(type, out var grain)
        && grain.Properties.Any(property => property.Key.StartsWith(WellKnownGrainTypeProperties.ImplementedInterfacePrefix, StringComparison.Ordinal) && property.Value == AggregateInterface));
}
