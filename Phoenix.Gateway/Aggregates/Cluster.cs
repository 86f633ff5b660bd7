using Phoenix.Messages;

namespace Phoenix.Gateway.Aggregates;

/// <summary>The way to the silos, if this gateway has one.</summary>
internal sealed class Cluster(IServiceProvider services)
{
    /// <exception cref="UnavailableException">The gateway was started without a cluster.</exception>
    public IGrainFactory Grains => services.GetService<IGrainFactory>() ?? throw new UnavailableException(
        "This gateway knows no silo, so it takes commands but answers nothing from aggregates. Set Phoenix:Cluster:Gateways to the silos' gateway addresses.");
}
