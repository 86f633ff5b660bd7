using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.EventSourcing;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Health;
using Phoenix.EventStore.Log;
using Phoenix.EventStore.Publishing;
using Phoenix.EventStore.Reading;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Snapshots;

namespace Phoenix.EventStore;

/// <summary>Adds the log to a silo.</summary>
public static class EventStoreSiloBuilderExtensions
{
    /// <summary>
    /// The name under which the provider is registered unless another is given: <c>[LogConsistencyProvider(ProviderName = "Marten")]</c>.
    /// </summary>
    public const string DefaultName = "Marten";

    /// <summary>
    /// Adds "Marten" as a log-consistency provider for <c>JournaledGrain</c>. The host also calls
    /// <see cref="MartenEventStoreExtensions.AddMartenEventStore"/>.
    /// </summary>
    public static ISiloBuilder AddMartenBasedLogConsistencyProvider(this ISiloBuilder builder, Action<EventStoreOptions> configure, string name = DefaultName)
    {
        // The one public call that registers Orleans' log-consistency protocol services; its own provider stays unused under a name nobody
        // asks for.
        builder.AddCustomStorageBasedLogConsistencyProvider("phoenix-protocol-services");
        var services = builder.Services;
        services.AddOptions<EventStoreOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventStoreOptions>, EventStoreOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<EventStoreOptions>>().Value);
        services.TryAddSingleton<EventStoreConnections>();
        services.TryAddSingleton(provider => new TableNames(provider.GetRequiredService<ILogStore>().Options));
        services.TryAddSingleton(OfTheLog<EventTypes>);
        services.TryAddSingleton(OfTheLog<StreamLoader>);
        services.TryAddSingleton<StreamQueries>();
        services.TryAddSingleton<SnapshotWriter>();
        services.TryAddSingleton(provider => new DueQueue(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LeaseTable(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new WaitingStreams(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(
            provider => new EndedStreams(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new TaggedStreams(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new TopicStartTable(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new TopicSwitches(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LedgerTrimming(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterTable(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterQueries(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterSettling(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterDiscards(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterReplays(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton(provider => new LetterAudit(provider.GetRequiredService<EventStoreConnections>(), provider.GetRequiredService<TableNames>()));
        services.TryAddSingleton<StorageWatch>();
        services.TryAddSingleton<CommitQueue>();
        services.TryAddSingleton<ILogFollower, LogFollower>();
        services.TryAddSingleton<IEventStoreHealth, EventStoreHealth>();
        services.TryAddSingleton(OfTheLog<EventStoreServices>);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(OfTheLog<SchemaApplication>);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StorageProbe>();
        services.AddKeyedSingleton<ILogViewAdaptorFactory, MartenLogConsistencyProvider>(name);
        return builder;
    }

    /// <summary>What takes any store gets the log's.</summary>
    private static T OfTheLog<T>(IServiceProvider provider) =>
        ActivatorUtilities.CreateInstance<T>(provider, provider.GetRequiredService<ILogStore>());
}
