using System.Reflection;
using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Metadata;
using Orleans.Serialization;
using Phoenix.Aggregates;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Model;

namespace Phoenix.Hosting;

/// <summary>Makes a silo run aggregates.</summary>
public static class PhoenixSiloBuilderExtensions
{
    private const string KafkaProvider = "kafka";
    private const int MartenConnections = 8;

    /// <summary>
    /// Adds the aggregates of these assemblies, the log, Marten with its async daemon, and, where Kafka is configured, the command streams.
    /// Settings come from the configuration section <c>Phoenix</c> and then from <paramref name="configure"/>.
    /// </summary>
    /// <exception cref="ModelException">Something is wrong with the domain; the message lists everything found.</exception>
    /// <exception cref="ArgumentException">A setting is missing or out of range; the message names it and what it may be.</exception>
    public static ISiloBuilder AddPhoenix(this ISiloBuilder builder, IReadOnlyCollection<Assembly> domains, Action<PhoenixOptions>? configure = null)
    {
        var options = Bind<PhoenixOptions>(builder.Configuration, "Phoenix");
        configure?.Invoke(options);
        if (options.ReplyTopics.Count == 0) options.ReplyTopics.Add($"{options.TopicPrefix}.*.replies");
        var aggregates = Bind<AggregateOptions>(builder.Configuration, "Phoenix:Aggregates");
        var domain = DomainModel.Of(domains);
        if (options.Problems().Concat(aggregates.Problems(domain.Aggregates.Keys)).ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        options.ConnectionString = DatabaseSettings.Normal(options.ConnectionString);

        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(aggregates).AddSingleton(domain).AddSingleton<Admission>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IGrainTypeProvider, AggregateGrainTypes>();
        services.AddSerializer(serializer =>
        {
            foreach (var assembly in domains) serializer.AddAssembly(assembly);
        });
        foreach (var module in Modules(domains)) module.Configure(services);

        services.AddMartenEventStore(store => Configure(store, options, domain));
        services.AddHostedService<ProjectionDaemon>();
        builder.BoundMemory();
        builder.AddMartenBasedLogConsistencyProvider(log =>
        {
            log.ConnectionString = options.ConnectionString;
            log.ApplySchema = options.ApplySchema;
            log.SnapshotEvery = options.SnapshotEvery;
            log.ReadConnections = options.ReadConnections;
            log.ReadBack = domain.ReadBack.Of;
        });
        if (!string.IsNullOrWhiteSpace(options.Kafka)) builder.AddCommandStreams(options, domain);
        return builder;
    }

    private static void AddCommandStreams(this ISiloBuilder builder, PhoenixOptions options, DomainModel domain)
    {
        builder.Services.AddSingleton<ReplyTopics>().AddSingleton<ReplyAddresses>().AddSingleton<ReplyWriter>().AddSingleton<IRefusalListener, RefusalReplies>();
        builder.AddKafkaStreams(KafkaProvider, kafka =>
        {
            kafka.BootstrapServers = options.Kafka;
            kafka.ConsumerGroup = $"{options.TopicPrefix}.silos";
            foreach (var aggregate in domain.Aggregates.Keys)
                kafka.Topics.Add(new KafkaTopic(aggregate, $"{options.TopicPrefix}.{aggregate}.commands", options.Partitions, options.ReplicationFactor));
            foreach (var (property, value) in options.KafkaProperties) kafka.ExtraProperties[property] = value;
        });
    }

    private static void Configure(StoreOptions store, PhoenixOptions options, DomainModel domain)
    {
        store.Connection(DatabaseSettings.ForMarten(options.ConnectionString, MartenConnections));
        store.DatabaseSchemaName = options.Schema;
        store.UseSystemTextJsonForSerialization(new System.Text.Json.JsonSerializerOptions(PhoenixJson.State), Weasel.Core.EnumStorage.AsString, Weasel.Core.Casing.CamelCase);
        store.Projections.AsyncMode = JasperFx.Events.Daemon.DaemonMode.ExternallyManaged;
        foreach (var definition in domain.Aggregates.Values.SelectMany(model => model.Events.Values)) store.Events.MapEventType(definition.Type, definition.Name);
    }

    private static T Bind<T>(IConfiguration configuration, string section) where T : new()
    {
        var bound = new T();
        configuration.GetSection(section).Bind(bound);
        return bound;
    }

    private static IEnumerable<IDomainModule> Modules(IEnumerable<Assembly> domains) => domains
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsAbstract: false, IsClass: true } && typeof(IDomainModule).IsAssignableFrom(type))
        .Select(type => (IDomainModule)Activator.CreateInstance(type)!);
}
