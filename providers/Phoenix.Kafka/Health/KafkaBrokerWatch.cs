using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Asks the cluster every other second for one topic's metadata. Clients that have nothing to send or read do not notice an outage, or its
/// end, by themselves.
/// </summary>
/// <param name="bootstrapServers">Comma-separated <c>host:port</c> list.</param>
/// <param name="extraProperties">Further librdkafka properties, for example SASL settings.</param>
/// <param name="topic">A topic that exists.</param>
/// <param name="time">Clock.</param>
public sealed class KafkaBrokerWatch(string bootstrapServers, IReadOnlyDictionary<string, string> extraProperties, string topic, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(4);
    private volatile BrokerHealth health = new();

    /// <summary>What was found last.</summary>
    public BrokerHealth Health => health;

    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var admin = Build();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                health = await Task.Run(() => Ask(admin), CancellationToken.None);
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private BrokerHealth Ask(IAdminClient admin)
    {
        try
        {
            admin.GetMetadata(topic, RequestTimeout);
            return new();
        }
        catch (KafkaException error)
        {
            return new(health.UnreachableSince ?? time.GetUtcNow(), $"no Kafka broker answers ({error.Error.Code}); everything resumes by itself when one does");
        }
    }

    private IAdminClient Build() => new AdminClientBuilder(
        ClientProperties.Merge(new AdminClientConfig { BootstrapServers = bootstrapServers, ReconnectBackoffMaxMs = 1_000 }, extraProperties))
        .SetLogHandler(static (_, _) => { })
        .SetErrorHandler(static (_, _) => { })
        .Build();
}
