using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Publishing;

namespace Phoenix.Hosting;

/// <summary>Adds what a host publishes; nothing when it publishes nothing.</summary>
internal static class PublicationHosting
{
    /// <summary>Adds them, with a health check of theirs: <c>publications</c>, the lag of each and what holds it up.</summary>
    public static void AddPublications(this ISiloBuilder builder, bool isAny)
    {
        var services = builder.Services;
        services.AddSingleton(static provider =>
        {
            var phoenix = provider.GetRequiredService<PhoenixOptions>();
            return PublicationCatalog.Of(provider.GetRequiredService<DomainModel>(), phoenix, phoenix.Publications);
        });
        builder.AddPublicationCheckpoints();
        if (!isAny) return;
        services.AddHealthChecks().AddCheck<PublicationsCheck>("publications");
        services.AddOrderedSenders(static (provider, kafka) =>
        {
            var phoenix = provider.GetRequiredService<PhoenixOptions>();
            kafka.BootstrapServers = phoenix.Kafka;
            foreach (var (property, value) in phoenix.KafkaProperties) kafka.ExtraProperties[property] = value;
        });
        services.AddSingleton(static provider =>
        {
            var withSink = provider.GetRequiredService<PublicationCatalog>().All.Values.Where(one => one.Sink is not null).ToList();
            // One object for each type, the host's own where it has one.
            var sinks = withSink.Select(one => one.Sink!).Distinct()
                .ToDictionary(type => type, type => (IPublicationSink)ActivatorUtilities.GetServiceOrCreateInstance(provider, type));
            return new PublicationParts(
                provider.GetRequiredService<ILogFollower>(), provider.GetRequiredService<IPublicationCheckpoints>(),
                provider.GetRequiredService<IOrderedSenders>(), provider.GetRequiredService<PhoenixOptions>().Publications,
                EventMessages.TypesOf(provider.GetRequiredService<DomainModel>()), provider.GetRequiredService<TimeProvider>())
            {
                Evolution = provider.GetRequiredService<DomainModel>().Evolution,
                Sinks = withSink.ToDictionary(one => one.Name, one => sinks[one.Sink!], StringComparer.Ordinal),
            };
        });
        services.AddSingleton(static provider => new PublicationKeeper(
            provider.GetRequiredService<PublicationCatalog>(), provider.GetRequiredService<PublicationParts>(),
            provider.GetRequiredService<ILocalSiloDetails>().Name,
            () => provider.GetRequiredService<ISiloStatusOracle>().GetApproximateSiloStatuses(onlyActive: true).Count,
            provider.GetRequiredService<PhoenixOptions>(), provider.GetRequiredService<ILogger<PublicationKeeper>>()));
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<PublicationKeeper>());
    }
}
