using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>The topics of a provider as the broker described them at start-up; those that are waited for have no description.</summary>
internal sealed class TopicCatalog(IReadOnlyList<(KafkaTopic Topic, TopicDescription? Description)> topics, bool isEmbedded)
{
    public IReadOnlyList<(KafkaTopic Topic, TopicDescription? Description)> Topics { get; } = topics;

    /// <summary>Whether they are those of the embedded broker; see <see cref="KafkaTopics.IsEmbeddedAsync"/>.</summary>
    public bool IsEmbedded { get; } = isEmbedded;

    /// <summary>A topic that is there.</summary>
    public string Existing => Topics.FirstOrDefault(each => each.Description is not null).Topic?.Topic ?? Topics[0].Topic.DeadLetterTopic;

    /// <summary>Creates what is missing and may be created, and describes all topics.</summary>
    public static async Task<TopicCatalog> OpenAsync(KafkaStreamOptions options, KafkaTopics admin, ILogger logger)
    {
        var described = await Task.WhenAll(options.Topics.Select(async topic => (topic, await DescribeAsync(options, admin, topic, logger))));
        return new(described, await admin.IsEmbeddedAsync());
    }

    private static async Task<TopicDescription?> DescribeAsync(
        KafkaStreamOptions options, KafkaTopics admin, KafkaTopic topic, ILogger logger)
    {
        if (options.CreateTopics)
            await DeadLetterTopicSetup.EnsureAsync(options, admin, topic, logger);
        // What creating it found is not asked for again: another broker may not have heard of the topic yet.
        var found = options.CreateTopics && topic.IsRequired
            ? await admin.EnsureAsync(topic.Topic, topic.Partitions, topic.ReplicationFactor) : await FindAsync(admin, topic);
        if (found is null && topic.IsRequired)
        {
            throw new KafkaRejectedException(
                "topic-missing",
                $"Topic '{topic.Topic}' does not exist and CreateTopics is off. Create it with {topic.Partitions} partitions, "
                + $"and its dead-letter topic '{topic.DeadLetterTopic}'.");
        }
        await DeadLetterTopicSetup.CheckAsync(admin, topic, logger);
        return found;
    }

    private static async Task<TopicDescription?> FindAsync(KafkaTopics admin, KafkaTopic topic)
    {
        try
        {
            return await admin.DescribeAsync(topic.Topic);
        }
        catch (KafkaRejectedException error) when (error.Code == KafkaRejectedException.NotPermitted && !topic.IsRequired)
        {
            return null;
        }
    }
}
