namespace Phoenix.Kafka;

/// <summary>
/// A topic that is read as a stream namespace: each record key is one stream of it. With a <see cref="Converter"/> it is a topic of
/// somebody else's, whose records become messages on other streams.
/// </summary>
/// <param name="StreamNamespace">Namespace of the streams, the one that grains name in <c>[ImplicitStreamSubscription]</c>. With a
/// converter only a name for the log.</param>
/// <param name="Topic">Kafka topic name.</param>
/// <param name="Partitions">Partitions when the topic, or its dead-letter topic, has to be created; an existing topic keeps its own
/// number.</param>
/// <param name="ReplicationFactor">Replicas when the topic has to be created; <see langword="null"/> takes the broker's default.</param>
public sealed record KafkaTopic(string StreamNamespace, string Topic, int Partitions = 12, short? ReplicationFactor = null)
{
    /// <summary>
    /// Topic for this topic's dead letters. Default: <see cref="Topic"/> with a trailing <c>.commands</c> replaced by <c>.dead-letter</c>,
    /// else with <c>.dead-letter</c> appended.
    /// </summary>
    public string DeadLetterTopic { get; init; } = DefaultDeadLetterTopic(Topic);

    /// <summary>
    /// Whether the topic has to be there: it is created at start-up if <see cref="KafkaStreamOptions.CreateTopics"/> says so, and else the
    /// start fails. Default
    /// <see langword="true"/>. Otherwise it is never created; while it is missing it is waited for, and read when it comes.
    /// </summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>
    /// Makes messages of each record. The record's key may then be any bytes or none. <see langword="null"/> (default): the record itself
    /// is delivered, to the stream that its key names.
    /// </summary>
    public IRecordConverter? Converter { get; init; }

    /// <summary>
    /// Whether senders of records that are put aside want to hear of it; for <see cref="IRefusalListener"/>. Default
    /// <see langword="true"/>.
    /// </summary>
    public bool TellsSenders { get; init; } = true;

    /// <summary>Where reading begins when no position is known. Default <see cref="TopicStart.Beginning"/>.</summary>
    public TopicStart Start { get; init; }

    /// <summary>
    /// Largest body of a record; a larger one is put aside as <c>too-large</c>. Default <see cref="KafkaStreamOptions.MaxMessageBytes"/>.
    /// </summary>
    public int? MaxRecordBytes { get; init; }

    /// <summary>The default of <see cref="DeadLetterTopic"/>.</summary>
    /// <param name="topic">Topic that the letters come from.</param>
    public static string DefaultDeadLetterTopic(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        const string commands = ".commands";
        return (topic.EndsWith(commands, StringComparison.Ordinal) ? topic[..^commands.Length] : topic) + ".dead-letter";
    }
}
