using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Subscribing;

namespace Phoenix.Hosting;

/// <summary>Adds the topics of others that a host reads; nothing when there are none.</summary>
internal static class SubscriptionHosting
{
    /// <summary>
    /// Adds them to the streams, with a health check of theirs: <c>subscriptions</c>, the lag of each and what holds it up.
    /// </summary>
    public static void AddSubscriptions(this ISiloBuilder builder, bool isAny, string streams)
    {
        builder.Services.AddSingleton(static provider =>
        {
            var phoenix = provider.GetRequiredService<PhoenixOptions>();
            return SubscriptionCatalog.Of(
                provider.GetRequiredService<DomainModel>(), phoenix, phoenix.Subscriptions, provider.GetServices<IRecordFormat>());
        });
        if (!isAny) return;
        builder.Services.AddHealthChecks().AddCheck<SubscriptionsCheck>("subscriptions");
        builder.Services.AddHostedService<SubscriptionLag>();
        builder.Services.AddSingleton<IRefusalListener, CountedLetters>().AddSingleton<ITopicStarts, TopicStarts>();
        builder.Services.AddOptions<KafkaStreamOptions>(streams).Configure<IServiceProvider>(static (kafka, provider) =>
        {
            var (catalog, phoenix) = (provider.GetRequiredService<SubscriptionCatalog>(), provider.GetRequiredService<PhoenixOptions>());
            var (domain, logger) = (provider.GetRequiredService<DomainModel>(), provider.GetRequiredService<ILogger<RecordConverter>>());
            var tags = new StoredTags(provider.GetRequiredService<TaggedStreams>());
            foreach (var one in catalog.All)
                kafka.Topics.Add(TopicOf(one, phoenix, new RecordConverter(one, domain, tags, catalog.FormatOf(one), logger)));
        });
    }

    private static KafkaTopic TopicOf(SubscriptionDefinition one, PhoenixOptions phoenix, RecordConverter converter) =>
        new(one.Name, one.Topic, phoenix.Partitions, phoenix.ReplicationFactor)
    {
        DeadLetterTopic = $"{phoenix.TopicPrefix}.{one.Name}.dead-letter",
        IsRequired = false,
        Converter = converter,
        TellsSenders = false,
        Start = one.Start == SubscriptionStart.Now ? TopicStart.Now : TopicStart.Beginning,
        MaxRecordBytes = one.Settings.MaxRecordBytes,
    };
}
