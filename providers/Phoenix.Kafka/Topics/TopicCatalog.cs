using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>The topics of a provider as the broker described them at start-up, and their current incarnations.</summary>
internal sealed class TopicCatalog
{
    private readonly ConcurrentDictionary<string, string> incarnations;

    public TopicCatalog(IReadOnlyList<(KafkaTopic Topic, TopicDescription Description)> topics, bool isEmbedded)
    {
        Topics = topics;
        IsEmbedded = isEmbedded;
        incarnations = new(topics.Select(topic => new KeyValuePair<string, string>(topic.Topic.Topic, topic.Description.Incarnation)));
    }

    public IReadOnlyList<(KafkaTopic Topic, TopicDescription Description)> Topics { get; }

    /// <summary>Whether they are those of the embedded broker; see <see cref="KafkaTopics.IsEmbeddedAsync"/>.</summary>
    public bool IsEmbedded { get; }

    public string Incarnation(string topic) => incarnations[topic];

    /// <summary>Notes a topic's incarnation; true when it is another one than before.</summary>
    public bool Renew(string topic, string incarnation)
    {
        var before = incarnations[topic];
        incarnations[topic] = incarnation;
        return before != incarnation;
    }

    /// <summary>Creates what is missing and may be created, and describes all topics.</summary>
    public static async Task<TopicCatalog> OpenAsync(KafkaStreamOptions options, KafkaTopics admin, ILogger logger)
    {
        var described = await Task.WhenAll(options.Topics.Select(async topic => (topic, await DescribeAsync(options, admin, topic, logger))));
        return new(described, await admin.IsEmbeddedAsync());
    }

    private static async Task<TopicDescription> DescribeAsync(KafkaStreamOptions options, KafkaTopics admin, KafkaTopic topic, ILogger logger)
    {
        if (options.CreateTopics)
        {
            await DeadLetterTopicSetup.EnsureAsync(options, admin, topic, logger);
            await admin.EnsureAsync(topic.Topic, topic.Partitions, topic.ReplicationFactor);
        }
        var found = await admin.DescribeAsync(topic.Topic) ?? throw new KafkaRejectedException(
            "topic-missing",
            $"Topic '{topic.Topic}' does not exist and CreateTopics is off. Create it with {topic.Partitions} partitions, and its dead-letter topic '{topic.DeadLetterTopic}'.");
        await DeadLetterTopicSetup.CheckAsync(admin, topic, logger);
        return found;
    }
}
