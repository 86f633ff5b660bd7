using Phoenix.Gateway.ReadModels;

namespace Phoenix.Gateway.Hosting;

/// <summary>
/// What a gateway needs to know. Bound from <c>Phoenix</c>, then set by code
/// (<see cref="PhoenixGatewayHosting.AddPhoenixGateway"/>). What it shares with the silos has the same names as theirs.
/// </summary>
public sealed class PhoenixGatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix";

    /// <summary>
    /// Connection string of the silos' database, in Npgsql's words and not as a URI: for finding the silos, and for read models. Default:
    /// none.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The database schema of the silos' tables. Default <c>phoenix</c>.</summary>
    public string Schema { get; set; } = "phoenix";

    /// <summary>Kafka's bootstrap servers. Required.</summary>
    public string Kafka { get; set; } = "";

    /// <summary>First part of every topic's name, as the silos have it. Default <c>phoenix</c>.</summary>
    public string TopicPrefix { get; set; } = "phoenix";

    /// <summary>
    /// How many brokers keep each partition of the reply topic, if the gateway creates it. Default: what the brokers say
    /// (<c>default.replication.factor</c>).
    /// </summary>
    public short? ReplicationFactor { get; set; }

    /// <summary>
    /// Further librdkafka properties, for example SASL settings. Those that would switch a guarantee off, and unknown ones, are refused at
    /// start.
    /// </summary>
    public IDictionary<string, string> KafkaProperties { get; } = new Dictionary<string, string>();

    /// <summary>The HTTP entrance itself.</summary>
    public GatewayOptions Gateway { get; } = new();

    /// <summary>The Orleans cluster behind the gateway.</summary>
    public ClusterConnectionOptions Cluster { get; } = new();

    /// <summary>Tables and views that callers may read. Default: none.</summary>
    public IList<ReadModelOptions> ReadModels { get; } = [];
}
