using JasperFx.Events;
using Marten;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore;

/// <summary>What the log needs of a Marten store.</summary>
public static class MartenEventStoreExtensions
{
    /// <summary>
    /// Text stream ids, correlation, causation, headers and user name on every event, versions and sequences of 64 bits; and the log's own tables
    /// (ledger, snapshots, due rows) as Marten feature schema, so that Marten applies and migrates them.
    /// </summary>
    public static StoreOptions UsePhoenixEventStore(this StoreOptions options)
    {
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.EnableBigIntEvents = true;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.Storage.Add(new EventStoreSchema(options));
        return options;
    }
}
