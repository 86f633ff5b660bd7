namespace Phoenix.Kafka;

/// <summary>Settings of the producer.</summary>
public sealed class KafkaSenderOptions
{
    /// <summary>Comma-separated <c>host:port</c> list. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>How long a record waits for others to share its request; default 5 ms. The embedded broker needs at least 5 ms.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Time from <c>SendAsync</c> to the broker's acknowledgement after which sending fails; default 30 s.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Records sent and not acknowledged; further senders wait. Default 10,000.</summary>
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>
    /// Largest record in bytes that the client tries to send; default 64 MiB. The topic's <c>max.message.bytes</c> has the last word.
    /// </summary>
    public int MaxRecordBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Further librdkafka properties, for example SASL settings. They win over everything else here. Those that would switch a guarantee
    /// off, and unknown ones, are refused at start.
    /// </summary>
    public IDictionary<string, string> ExtraProperties { get; } = new Dictionary<string, string>();
}
