namespace Phoenix.Kafka;

/// <summary>Settings of one Kafka stream provider.</summary>
public sealed class KafkaStreamOptions
{
    /// <summary>Comma-separated <c>host:port</c> list. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Consumer group under which offsets are kept; the same on all silos. Nobody else may use it. Required.</summary>
    public string ConsumerGroup { get; set; } = "";

    /// <summary>Topics to read. At least one.</summary>
    public IList<KafkaTopic> Topics { get; } = [];

    /// <summary>Whether missing topics, dead-letter topics included, are created at start-up; default <see langword="true"/>.</summary>
    public bool CreateTopics { get; set; } = true;

    /// <summary>
    /// Further librdkafka properties for every client of the provider, for example SASL settings. They win over everything else here. Those
    /// that would switch a guarantee off, and unknown ones, are refused at start.
    /// </summary>
    public IDictionary<string, string> ExtraProperties { get; } = new Dictionary<string, string>();

    /// <summary>
    /// Records of a partition that are read and not done before reading pauses; default 10,000. Counts records, not the distance to the
    /// committed offset, so that one slow key does not stop its partition.
    /// </summary>
    public int MaxUndecidedPerPartition { get; set; } = 10_000;

    /// <summary>Like <see cref="MaxUndecidedPerPartition"/>, in bytes of bodies and headers; default 32 MiB.</summary>
    public long MaxUndecidedBytesPerPartition { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Like <see cref="MaxUndecidedPerPartition"/>, for all partitions that a silo reads together; default 20,000. When it is reached,
    /// partitions that hold more than their equal share pause. A delivery that takes longer than Orleans' response time limit (30 s) is
    /// repeated while it runs, so no more may wait than can be decided well within that, each of a key that has to be activated.
    /// </summary>
    public int MaxUndecided { get; set; } = 20_000;

    /// <summary>Like <see cref="MaxUndecided"/>, in bytes of bodies and headers; default 128 MiB.</summary>
    public long MaxUndecidedBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Records of one key delivered in one call; default 100.</summary>
    public int MaxBatchRecords { get; set; } = 100;

    /// <summary>Bytes of bodies and headers delivered in one call (at least one record is); default 1 MiB.</summary>
    public int MaxBatchBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest body; a larger one goes to the dead-letter topic as <c>too-large</c>. Default 1 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// <c>max.message.bytes</c> of dead-letter topics that are created; default 64 MiB. A letter repeats a record that its own topic took,
    /// and adds headers; one that its topic does not take whole is written without its body. Brokers that allow no such size create the
    /// topic with their default.
    /// </summary>
    public int MaxDeadLetterBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long an idle partition's agent waits for records before it looks after its books; default 1 s. A record that arrives just then
    /// waits up to 10 ms for the agent to come back: one in eleven of a slow stream's records at 100 ms, one in a hundred at 1 s.
    /// </summary>
    public TimeSpan LongPoll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the broker holds a fetch open; default 100 ms, and 5 ms at the embedded broker, which would not answer earlier.
    /// </summary>
    public TimeSpan? FetchWait { get; set; }

    /// <summary>
    /// How long the reader lets records gather after it has taken all that were there; default 2 ms, 0 to 100 ms. What comes meanwhile is
    /// fetched, delivered and committed together, which costs less each; a record that comes alone is taken at once.
    /// </summary>
    public TimeSpan GatherTime { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often positions are committed; default 1 s. Costs repeated deliveries after a crash, nothing else.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the position of a partition without records is committed again; default 1 day. Less than the broker's
    /// <c>offsets.retention.minutes</c> (7 days by default), or what is retained comes again.
    /// </summary>
    public TimeSpan RecommitInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a key without records keeps memory on the reading silo, about 1 kB of it; default 10 s.</summary>
    public TimeSpan KeyInactivity { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause before a failed delivery is repeated; default 100 ms. Grows twofold, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before a failed delivery is repeated; default 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long start-up waits for the broker before it fails; default 30 s.</summary>
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a partition's hand-over waits for deliveries in flight; default 10 s. What remains is delivered again by the next owner.
    /// </summary>
    public TimeSpan HandOverTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the broker is asked whether the topics are still the same; default 10 s.</summary>
    public TimeSpan TopicCheckInterval { get; set; } = TimeSpan.FromSeconds(10);
}
