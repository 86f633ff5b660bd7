namespace Phoenix.AppHost.Infrastructure;

/// <summary>The broker embedded in librdkafka, in a process of its own: nothing to install, memory only, loopback only.</summary>
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
