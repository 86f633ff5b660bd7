using Phoenix.Aggregates;
using Phoenix.Coordination;
using Phoenix.DeadLetters;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Publishing;
using Phoenix.Subscribing;

namespace Phoenix.Hosting;

/// <summary>What a silo needs to know. Bound from <c>Phoenix</c>, then set by the code that <c>UsePhoenix</c> is given.</summary>
public sealed class PhoenixOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix";

    /// <summary>
    /// Assemblies that hold the aggregates, beside those that code names: by name where they lie beside the program, else by the full path
    /// of the file. At least one, here or in code.
    /// </summary>
    public IList<string> Domains { get; } = [];

    /// <summary>
    /// Connection string of PostgreSQL's writer, in Npgsql's words and not as a URI. Required. Multiplexing is switched off and the client
    /// encoding is UTF8 whatever it says; a minimum pool size above a pool is that pool's size.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Connections for reading the log. Beside them a silo opens at most 2 for commits, 8 for Marten (projections, and a domain's own
    /// reading; as many as the connection string's <c>Maximum Pool Size</c> if it has one), and 8 for membership and reminders. Three
    /// silos and a gateway with 10 fit into PostgreSQL's default of 100. A fifth of them is for histories and
    /// states of the past. Default 10, at least 2.
    /// </summary>
    public int ReadConnections { get; set; } = 10;

    /// <summary>The database schema of all tables. Default <c>phoenix</c>.</summary>
    public string Schema { get; set; } = "phoenix";

    /// <summary>
    /// Whether the silo creates what is missing in the database when it starts; it never drops anything. Default true. False where the
    /// program's role may not: it then refuses to start while something is missing, and a silo with true, started once under a role that
    /// may, adds it.
    /// </summary>
    public bool ApplySchema { get; set; } = true;

    /// <summary>Kafka's bootstrap servers; empty runs without Kafka: commands then come by grain calls only.</summary>
    public string Kafka { get; set; } = "";

    /// <summary>First part of every topic's name. Default <c>phoenix</c>.</summary>
    public string TopicPrefix { get; set; } = "phoenix";

    /// <summary>Partitions of topics that the silo creates. Default 12.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>
    /// How many brokers keep each partition of the topics that the silo creates. Default: what the brokers say
    /// (<c>default.replication.factor</c>).
    /// </summary>
    public short? ReplicationFactor { get; set; }

    /// <summary>
    /// Topics that replies may go to; <c>*</c> stands for any run of characters. Default <c>{prefix}.*.replies</c>. A reply to any other
    /// topic is refused (guarantee 12).
    /// </summary>
    public IList<string> ReplyTopics { get; } = [];

    /// <summary>
    /// Whether the <c>principal</c> header of commands is believed. Only where the broker's access control decides who may write to command
    /// topics. Default false.
    /// </summary>
    public bool TrustPrincipalHeader { get; set; }

    /// <summary>A snapshot each time an aggregate's version passes a multiple of this; 0 switches snapshots off. Default 1,000.</summary>
    public int SnapshotEvery { get; set; } = 1000;

    /// <summary>
    /// Further librdkafka properties, for example SASL settings. Those that would switch a guarantee off, and unknown ones, are refused at
    /// start.
    /// </summary>
    public IDictionary<string, string> KafkaProperties { get; } = new Dictionary<string, string>();

    /// <summary>How aggregates run.</summary>
    public AggregateOptions Aggregates { get; } = new();

    /// <summary>How timers and sends are delivered.</summary>
    public DueOptions Due { get; } = new();

    /// <summary>How dead letters are kept for operators.</summary>
    public DeadLetterOptions DeadLetters { get; } = new();

    /// <summary>How transactions run.</summary>
    public TransactionOptions Transactions { get; } = new();

    /// <summary>The other services that steps of transactions go to or come from, by their names.</summary>
    public ServiceOptions Services { get; } = [];

    /// <summary>How projections are run.</summary>
    public ProjectionOptions Projections { get; } = new();

    /// <summary>Which events leave the silo, and how.</summary>
    public PublicationOptions Publications { get; } = new();

    /// <summary>Settings of subscriptions, by their names.</summary>
    public SubscriptionOptions Subscriptions { get; } = [];

    /// <summary>Which cluster the silo belongs to.</summary>
    public PhoenixClusterOptions Cluster { get; } = new();

    /// <summary>Where the silo listens and what it calls itself.</summary>
    public SiloEndpointOptions Silo { get; } = new();

    /// <summary>When the silo counts as stuck.</summary>
    public HealthLimits Health { get; } = new();

    /// <summary>The connection string as every part of the silo uses it.</summary>
    internal string Database => DatabaseSettings.Normal(ConnectionString);

    /// <summary>Where replies may go, with the default in place.</summary>
    internal IEnumerable<string> AllowedReplyTopics =>
        [.. ReplyTopics.Count > 0 ? ReplyTopics : [$"{TopicPrefix}.*.replies"], .. Services.ReplyTopics];

    /// <summary>What cannot work in this and in all below it, as far as it can be told without the domain.</summary>
    internal IEnumerable<string> Problems() =>
        [.. OwnProblems(), .. Due.Problems(), .. DeadLetters.Problems(), .. Transactions.Problems(), .. Services.Problems(TopicPrefix),
        .. Projections.Problems(), .. Cluster.Problems(), .. Silo.Problems(), .. Health.Problems()];

    private IEnumerable<string> OwnProblems()
    {
        foreach (var problem in DatabaseSettings.Problems(ConnectionString)) yield return problem;
        foreach (var problem in ClientProperties.Problems(KafkaProperties, "Phoenix:KafkaProperties")) yield return problem;
        if (ReadConnections is < 2 or > 1000) yield return $"Phoenix:ReadConnections is 2 to 1,000; found {ReadConnections}.";
        foreach (var problem in SchemaProblems(Schema)) yield return problem;
        if (!Model.LogicalName.IsValid(TopicPrefix)) yield return $"Phoenix:TopicPrefix is a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes; found '{TopicPrefix}'.";
        if (Partitions is < 1 or > 1000) yield return $"Phoenix:Partitions is 1 to 1,000; found {Partitions}.";
        if (ReplicationFactor is < 1) yield return $"Phoenix:ReplicationFactor is 1 or more, at most the number of brokers; found {ReplicationFactor}.";
        if (SnapshotEvery < 0) yield return $"Phoenix:SnapshotEvery is 0 (off) or more; found {SnapshotEvery}.";
    }

    /// <summary>What is wrong with the name of a schema.</summary>
    internal static IEnumerable<string> SchemaProblems(string schema)
    {
        if (!IsName(schema)) yield return $"Phoenix:Schema is 1 to 63 lower-case letters, digits or underscores, and starts with a letter; found '{schema}'.";
    }

    private static bool IsName(string schema) =>
        schema.Length is > 0 and <= 63 && char.IsAsciiLetterLower(schema[0]) && schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
