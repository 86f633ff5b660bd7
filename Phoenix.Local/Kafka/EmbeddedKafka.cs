namespace Phoenix.Local;

/// <summary>The broker embedded in librdkafka, in a process of its own: nothing to install, memory only, loopback only.</summary>
/// <remarks>
/// Keeps 5 MiB and 100,000 batches per partition, older ones vanish, and with them a new one so large that none before it can stay: a
/// partition whose last two records have more than 5 MiB together acknowledges the later and never hands it out. A topic that a producer or
/// a metadata request names comes into being with 4 partitions, so create topics first. Admin requests to create or delete topics,
/// partitions and records are refused. A consumer that joins a group which has had members before waits for its session timeout less a
/// second; manual assignment does not wait.
/// </remarks>
public sealed class EmbeddedKafka : IWay<KafkaBroker>
{
    /// <inheritdoc/>
    public string Name => "embedded broker";

    /// <inheritdoc/>
    public string Advice => "use a platform that Confluent.Kafka has a native library for, or one of the ways above.";

    /// <inheritdoc/>
    public async Task<Attempt<KafkaBroker>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        options.Progress("starting the embedded Kafka broker");
        var broker = await EmbeddedBroker.StartAsync(options, cancellationToken);
        return new KafkaBroker(
            EmbeddedBroker.Kind, broker.BootstrapServers, $"embedded broker of librdkafka at {broker.BootstrapServers}, memory only", broker, broker);
    }
}
