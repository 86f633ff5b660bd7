using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>Registers Kafka as a stream provider.</summary>
public static class KafkaSiloBuilderExtensions
{
    private static readonly TimeSpan PumpPeriod = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Adds a persistent stream provider that reads Kafka topics: one stream for each record key, delivered in order, at least once, to
    /// grains with <c>[ImplicitStreamSubscription(namespace)]</c> that implement
    /// <see cref="Orleans.Streams.Core.IStreamSubscriptionObserver"/> and subscribe to <see cref="KafkaMessage"/>. A delivery that throws
    /// is repeated without a time limit (guarantee 6). All silos of the cluster must add the same provider. Also registers
    /// <see cref="IKafkaSender"/>, <see cref="IDeadLetters"/> and
    /// <see cref="IKafkaHealth"/>, by the provider's name as key and, for the first provider, without a key.
    /// </summary>
    /// <param name="builder">Silo builder.</param>
    /// <param name="name">Stream provider name.</param>
    /// <param name="configure">Settings.</param>
    /// <returns>The same builder.</returns>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder builder, string name, Action<KafkaStreamOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var services = builder.Services;
        services.AddOptions<KafkaStreamOptions>(name).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KafkaStreamOptions>>(new KafkaStreamOptionsValidator(name));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KafkaQueues>();
        services.TryAddSingleton<LocalSubscribers>();
        services.AddSender(name);
        services.AddParts(name);
        return builder.AddPersistentStreams(
            name,
            static (provider, key) => provider.GetRequiredKeyedService<KafkaAdapterFactory>(key),
            static streams => streams.Tune());
    }

    private static void AddSender(this IServiceCollection services, string name)
    {
        services.AddKeyedSingleton<IKafkaSender>(name, static (provider, key) =>
        {
            return new KafkaSender(SenderOptions(provider.Streams(key)), provider.GetRequiredService<ILogger<KafkaSender>>());
        });
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IKafkaSender>(name));
        services.TryAddSingleton<ITopicAges>(provider => new TopicAges(Options.Create(SenderOptions(provider.Streams(name)))));
        services.TryAddSingleton<IDeadLetterTopics>(provider => new DeadLetterTopics(
            Options.Create(SenderOptions(provider.Streams(name))), provider.GetRequiredKeyedService<IKafkaSender>(name)));
        services.TryAddSingleton<ILetterFeed>(provider => new LetterFeed(
            SenderOptions(provider.Streams(name)), provider.GetRequiredService<TimeProvider>()));
    }

    private static KafkaSenderOptions SenderOptions(KafkaStreamOptions streams)
    {
        var options = new KafkaSenderOptions { BootstrapServers = streams.BootstrapServers };
        foreach (var (property, value) in streams.ExtraProperties)
            options.ExtraProperties[property] = value;
        return options;
    }

    private static void AddParts(this IServiceCollection services, string name)
    {
        services.AddKeyedSingleton<IDeadLetters>(name, static (provider, key) => new DeadLetterWriter(
            provider.GetRequiredKeyedService<IKafkaSender>(key),
            provider.Streams(key).Topics,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeadLetterWriter>>()));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IDeadLetters>(name));

        services.AddKeyedSingleton(name, static (provider, key) => new ReadTopics((string)key!, provider));
        services.AddSingleton<IGrainPropertiesProvider>(provider => provider.GetRequiredKeyedService<ReadTopics>(name));
        services.AddKeyedSingleton(name, static (provider, key) => new KafkaAdapterFactory(
            (string)key!,
            provider.Streams(key),
            provider.GetRequiredKeyedService<IKafkaSender>(key),
            provider.GetRequiredKeyedService<IDeadLetters>(key),
            provider.GetServices<IRefusalListener>(),
            provider.GetRequiredService<KafkaQueues>(),
            provider.GetService<IConsumptionSwitch>(),
            provider.GetService<ITopicStarts>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddKeyedSingleton<IKafkaHealth>(name, static (provider, key) => provider.GetRequiredKeyedService<KafkaAdapterFactory>(key));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IKafkaHealth>(name));

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOutgoingGrainCallFilter, DeliveryCallFilter>());
    }

    private static void Tune(this ISiloPersistentStreamConfigurator streams)
    {
        streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        streams.ConfigurePartitionBalancing(EvenQueueBalancer.Create);
        streams.ConfigureBackoffProvider(static (provider, name) => (IMessageDeliveryBackoffProvider)provider.Backoff(name));
        streams.ConfigureBackoffProvider(static (provider, name) => (IQueueReaderBackoffProvider)provider.Backoff(name));
        streams.ConfigurePullingAgent(agents => agents.PostConfigure<IOptionsMonitor<KafkaStreamOptions>>((agent, kafka) =>
        {
            var options = kafka.Get(agents.Name);
            // Batches are built by the cursors; see KafkaBatch.
            agent.BatchContainerBatchSize = 1;
            // A tick only matters after the pump ended, which it does whenever a new key registers.
            agent.GetQueueMsgsTimerPeriod = PumpPeriod;
            agent.MaxEventDeliveryTime = Timeout.InfiniteTimeSpan;
            agent.StreamInactivityPeriod = options.KeyInactivity;
            agent.InitQueueTimeout = options.HandOverTimeout;
        }));
    }

    private static KafkaStreamOptions Streams(this IServiceProvider provider, object? name) =>
        provider.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get((string)name!);

    private static RetryBackoff Backoff(this IServiceProvider provider, string name)
    {
        var options = provider.Streams(name);
        return new(options.RetryDelay, options.MaxRetryDelay);
    }
}
