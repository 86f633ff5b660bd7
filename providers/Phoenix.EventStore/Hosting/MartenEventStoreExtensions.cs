using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Phoenix.EventStore.Projecting;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore;

/// <summary>Marten as the log needs it.</summary>
public static class MartenEventStoreExtensions
{
    /// <summary>
    /// Adds a store of Marten's, <see cref="ILogStore"/>, with text stream ids, correlation, causation, headers and user name on every
    /// event, versions and sequences of 64 bits; and the log's own tables (ledger, snapshots, due rows) as Marten feature schema, so that
    /// Marten applies and migrates them. There is no foreign key from events to streams. A projection stands at an event that it cannot
    /// take, and inline projections are refused.
    /// </summary>
    /// <param name="services">Services of the silo.</param>
    /// <param name="configure">Connection, schema, serializer, projections.</param>
    public static IServiceCollection AddMartenEventStore(this IServiceCollection services, Action<IServiceProvider, StoreOptions> configure)
    {
        services.AddMartenStore<ILogStore>(provider =>
        {
            var options = new StoreOptions();
            configure(provider, options);
            UseEventStore(options);
            return options;
        });
        services.AddSingleton(provider => new ShadowStores(configure, provider));
        var store = services.Last(service => service.ServiceType == typeof(ILogStore));
        return services.Replace(ServiceDescriptor.Singleton(provider =>
            ProjectionRules.Check(EventTable.Shape((ILogStore)store.ImplementationFactory!(provider)))));
    }

    internal static void UseEventStore(StoreOptions options)
    {
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.EnableBigIntEvents = true;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        ProjectionRules.StopAtFailures(options);
        AddingMigrator.Use(options);
        options.Storage.Add(new EventStoreSchema(options));
        options.Storage.Add(new PublicationSchema(options));
        options.Storage.Add(new LetterSchema(options));
        options.Storage.Add(new ProjectionSchema(options));
    }
}
