using System.Reflection;
using Marten;
using Marten.Services.Json.Transformations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Serialization;
using Phoenix.Aggregates;
using Phoenix.Coordination;
using Phoenix.DeadLetters;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Evolving;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Ledger;
using Phoenix.Switching;

namespace Phoenix.Hosting;

/// <summary>Makes a silo run aggregates.</summary>
internal static class PhoenixSiloBuilderExtensions
{
    /// <summary>The name of the streams.</summary>
    internal const string KafkaProvider = "kafka";

    private const int MartenConnections = 8;

    /// <summary>What <see cref="PhoenixHosting"/> does, without the cluster: a silo of a test has one of its own.</summary>
    public static ISiloBuilder AddPhoenix(this ISiloBuilder builder, IReadOnlyCollection<Assembly> domains, Action<PhoenixOptions>? configure = null)
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(HostParts)))
            throw new InvalidOperationException("This host is a silo of Phoenix already. Call UsePhoenix once, with all domains and settings.");
        var options = new PhoenixOptions();
        builder.Configuration.GetSection(PhoenixOptions.Section).Bind(options);
        configure?.Invoke(options);
        domains = Load(domains, options);
        var domain = DomainModel.Of(domains);
        GrainCheck.Check(domain);
        var parts = HostParts.Of(options, domain);

        services.AddSingleton(domain).AddSingleton(parts).AddOptions(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new Admission(provider.GetRequiredService<AggregateOptions>().Admission, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TransactionPlaces>().AddSingleton<StepWaits>().AddSingleton<OtherServices>();
        services.AddSingleton<DueWatch>().AddSingleton<DueDelivery>().AddSingleton<DueRemovals>().AddSingleton<DueSends>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DueSweeper>();
        services.AddSingleton<LetterWatch>().AddSingleton<LetterSending>().AddSingleton<LetterIntake>().AddSingleton<LetterVerbs>();
        services.AddSingleton<ReplayRun>().AddSingleton<DiscardRun>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LetterKeeper>();
        services.AddSingleton(provider => new OutcomeBudget(provider.GetRequiredService<AggregateOptions>().RecentOutcomesBytes));
        services.AddSingleton<DecisionWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloPortsCheck>();
        if (domain.Evolution.FormerTypes.Count > 0) services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ProjectedEventsCheck>();
        services.AddSingleton<StuckStacks>().AddHostedService<HandlerWatchdog>();
        services.AddSingleton<IGrainTypeProvider, AggregateGrainTypes>();
        services.AddSerializer(serializer =>
        {
            foreach (var assembly in domain.Assemblies) serializer.AddAssembly(assembly);
        });
        foreach (var module in Modules(domains)) module.Configure(services);

        services.AddMartenEventStore((provider, store) => Configure(store, provider.GetRequiredService<PhoenixOptions>(), domain));
        services.AddReadModelStore(
            static provider => provider.GetRequiredService<PhoenixOptions>().Database,
            (provider, store) => Configure(store, provider.GetRequiredService<PhoenixOptions>(), domain));
        builder.BoundMemory();
        builder.AddMartenBasedLogConsistencyProvider(static _ => { });
        services.SetByPhoenix<EventStoreOptions>((log, phoenix) =>
        {
            log.ConnectionString = phoenix.Database;
            log.ApplySchema = phoenix.ApplySchema;
            log.SnapshotEvery = phoenix.SnapshotEvery;
            log.ReadConnections = phoenix.ReadConnections;
            log.ReadBack = domain.ReadBack.Of;
        });
        builder.AddProjections();
        if (parts.HasKafka) builder.AddCommandStreams(domain);
        builder.AddSubscriptions(parts.Subscribes, KafkaProvider);
        builder.AddPublications(parts.Publishes);
        StartCheck.AddTo(services);
        return builder;
    }

    /// <summary>The options as all parts see them: read once, when the host starts, and then fixed.</summary>
    private static void AddOptions(this IServiceCollection services, Action<PhoenixOptions>? configure)
    {
        services.AddOptions<PhoenixOptions>().BindConfiguration(PhoenixOptions.Section)
            .Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PhoenixOptions>, PhoenixOptionsValidation>();
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<PhoenixOptions>>().Value);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Aggregates);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Due);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().DeadLetters);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Transactions);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Services);
        services.AddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Projections);
    }

    /// <summary>
    /// Sets options of a part by ours when somebody asks for them, and not before: what is wrong with ours is then told by the
    /// start's check.
    /// </summary>
    internal static void SetByPhoenix<TOptions>(this IServiceCollection services, Action<TOptions, PhoenixOptions> configure,
        string? name = null)
        where TOptions : class =>
        services.AddOptions<TOptions>(name).Configure<IOptions<PhoenixOptions>>((options, phoenix) => configure(options, phoenix.Value));

    private static IReadOnlyCollection<Assembly> Load(IReadOnlyCollection<Assembly> named, PhoenixOptions options)
    {
        if (named.Count > 0 && options.Domains.Count == 0) return named;
        try
        {
            return [.. named.Union(DomainAssemblies.Load([.. options.Domains]))];
        }
        catch (ModelException missing)
        {
            // Without it there is nothing to put together, so the rest is told now.
            throw new OptionsValidationException(PhoenixOptions.Section, typeof(PhoenixOptions), [missing.Message, .. options.Problems()]);
        }
    }

    private static void AddCommandStreams(this ISiloBuilder builder, DomainModel domain)
    {
        builder.Services.AddSingleton<ReplyTopics>().AddSingleton<ReplyAddresses>().AddSingleton<ReplyWriter>().AddSingleton<IRefusalListener, RefusalReplies>();
        builder.Services.AddSingleton<LedgerHolds>();
        builder.Services.AddSingleton<ConsumptionSwitch>().AddSingleton<IConsumptionSwitch>(static provider => provider.GetRequiredService<ConsumptionSwitch>());
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<ConsumptionSwitch>());
        builder.AddKafkaStreams(KafkaProvider, static _ => { });
        builder.Services.SetByPhoenix<KafkaStreamOptions>((kafka, phoenix) =>
        {
            kafka.BootstrapServers = phoenix.Kafka;
            kafka.ConsumerGroup = $"{phoenix.TopicPrefix}.silos";
            foreach (var aggregate in domain.Aggregates.Keys)
                kafka.Topics.Add(new KafkaTopic(aggregate, $"{phoenix.TopicPrefix}.{aggregate}.commands", phoenix.Partitions,
                    phoenix.ReplicationFactor));
            if (phoenix.Services.Count > 0)
                kafka.Topics.Add(new KafkaTopic(StepReplies.Namespace, StepReplies.TopicOf(phoenix.TopicPrefix), phoenix.Partitions,
                    phoenix.ReplicationFactor) { Converter = new StepReplies(phoenix.TopicPrefix, domain), TellsSenders = false });
            foreach (var (property, value) in phoenix.KafkaProperties) kafka.ExtraProperties[property] = value;
        }, KafkaProvider);
    }

    private static void Configure(StoreOptions store, PhoenixOptions options, DomainModel domain)
    {
        store.Connection(DatabaseSettings.ForMarten(options.Database, MartenConnections));
        ConfigureDocuments(store, options.Schema);
        foreach (var definition in domain.Aggregates.Values.SelectMany(model => model.Events.Values)) store.Events.MapEventType(definition.Type, definition.Name);
        foreach (var former in domain.Evolution.Former) store.Events.Upcast(former.Type, former.StoredName, Reading(former));
    }

    // Marten has one transformation for a stored name, so ours is the whole way from there to the event of today.
    private static JsonTransformation Reading(FormerEvent former) => new((_, row, at) => former.Read(row.GetFieldValue<byte[]>(at)));

    /// <summary>How documents are kept, for whoever writes or reads them.</summary>
    internal static void ConfigureDocuments(StoreOptions store, string schema)
    {
        store.DatabaseSchemaName = schema;
        store.UseSystemTextJsonForSerialization(new System.Text.Json.JsonSerializerOptions(PhoenixJson.State), Weasel.Core.EnumStorage.AsString, Weasel.Core.Casing.CamelCase);
        store.Projections.AsyncMode = JasperFx.Events.Daemon.DaemonMode.ExternallyManaged;
    }

    internal static IEnumerable<IDomainModule> Modules(IEnumerable<Assembly> domains) => domains
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsAbstract: false, IsClass: true } && typeof(IDomainModule).IsAssignableFrom(type))
        .Select(type => (IDomainModule)Activator.CreateInstance(type)!);
}
