namespace Phoenix.Kafka;

/// <summary>A topic that is read as a stream namespace: each record key is one stream of it.</summary>
/// <param name="StreamNamespace">Namespace of the streams, the one that grains name in <c>[ImplicitStreamSubscription]</c>.</param>
/// <param name="Topic">Kafka topic name.</param>
/// <param name="Partitions">Partitions when the topic has to be created; an existing topic keeps its own number.</param>
/// <param name="ReplicationFactor">Replicas when the topic has to be created; <see langword="null"/> takes the broker's default.</param>
public sealed record KafkaTopic(string StreamNamespace, string Topic, int Partitions = 12, short? ReplicationFactor = null)
{
    /// <summary>
    /// Topic for this topic's dead letters. Default: <see cref="Topic"/> with a trailing <c>.commands</c> replaced by <c>.dead-letter</c>,
    /// else with <c>.dead-letter</c> appended.
    /// </summary>
    public string DeadLetterTopic { get; init; } = DefaultDeadLetterTopic(Topic);

    /// <summary>The default of <see cref="DeadLetterTopic"/>.</summary>
    /// <param name="topic">Topic that the letters come from.</param>
    public static string DefaultDeadLetterTopic(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        const string commands = ".commands";
        return (topic.EndsWith(commands, StringComparison.Ordinal) ? topic[..^commands.Length] : topic) + ".dead-letter";
    }
}
