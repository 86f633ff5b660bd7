namespace Phoenix.Client;

/// <summary>Where and as whom a client sends.</summary>
public sealed class PhoenixClientOptions
{
    /// <summary>Kafka's <c>bootstrap.servers</c>, for example <c>localhost:9092</c>. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>
    /// The name of this application, the same in all its instances: <c>[a-z][a-z0-9.-]{0,63}</c>. Replies arrive on the topic
    /// <c>{TopicPrefix}.{ApplicationName}.replies</c>, which the silos must allow. Required.
    /// </summary>
    public string ApplicationName { get; set; } = "";

    /// <summary>The first part of every topic name; the same as the silos have. Default <c>phoenix</c>.</summary>
    public string TopicPrefix { get; set; } = "phoenix";

    /// <summary>
    /// How many partitions the reply topic gets if this client creates it. Default 12. Each instance reads one of them, chosen at random.
    /// </summary>
    public int ReplyPartitions { get; set; } = 12;

    /// <summary>
    /// How many brokers keep each partition of the reply topic if this client creates it. Default: what the brokers say
    /// (<c>default.replication.factor</c>).
    /// </summary>
    public short? ReplicationFactor { get; set; }

    /// <summary>
    /// How often the broker is asked whether the reply topic is still the one that is read. One that was deleted, or made anew, is taken up
    /// again (and created, where this user may) with a partition that it has. Default 5 s.
    /// </summary>
    public TimeSpan ReplyTopicCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for its reply, unless it says otherwise. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many messages may be on their way at once; further callers wait without holding a thread. Default 1,000.</summary>
    public int MaxInFlight { get; set; } = 1000;

    /// <summary>
    /// How long a message waits for others to share its way to the broker. Default 5 ms, as Apache Kafka's own producer since
    /// <see
    /// href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1030%3A+Change+constraints+and+default+values+for+various+configurations">KIP-1030</see>:
    /// fewer requests, and under load shorter latency. The broker embedded in librdkafka needs it.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Who is sending, as CloudEvents <c>source</c>; kept in the ledger. Default <c>/{ApplicationName}</c>.</summary>
    public string? Source { get; set; }

    /// <summary>
    /// Further librdkafka properties for producer, consumer and administration, such as <c>security.protocol</c>. Those that would switch a
    /// guarantee off, and unknown ones, are refused at start.
    /// </summary>
    public IDictionary<string, string> ExtraProperties { get; } = new Dictionary<string, string>();

    internal string ReplyTopic => $"{TopicPrefix}.{ApplicationName}.replies";

    internal string CommandTopic(string aggregate) => $"{TopicPrefix}.{aggregate}.commands";

    internal string SourceOrDefault => Source ?? "/" + ApplicationName;
}
