using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore;

/// <summary>Marten as the log needs it.</summary>
public static class MartenEventStoreExtensions
{
    /// <summary>
    /// Adds Marten with text stream ids, correlation, causation, headers and user name on every event, versions and sequences of 64 bits; and the log's own
    /// tables (ledger, snapshots, due rows) as Marten feature schema, so that Marten applies and migrates them. There is no foreign key from events to streams.
    /// </summary>
    /// <param name="services">Services of the silo.</param>
    /// <param name="configure">Connection, schema, serializer, projections.</param>
    public static IServiceCollection AddMartenEventStore(this IServiceCollection services, Action<StoreOptions> configure)
    {
        services.AddMarten(options =>
        {
            configure(options);
            UseEventStore(options);
        });
        var store = services.Last(service => service.ServiceType == typeof(IDocumentStore));
        return services.Replace(ServiceDescriptor.Singleton(provider => StreamForeignKey.LeaveOut((IDocumentStore)store.ImplementationFactory!(provider))));
    }

    internal static void UseEventStore(StoreOptions options)
    {
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.EnableBigIntEvents = true;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        AddingMigrator.Use(options);
        options.Storage.Add(new EventStoreSchema(options));
    }
}
