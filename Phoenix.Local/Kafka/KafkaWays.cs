namespace Phoenix.Local;

/// <summary>The ways to a Kafka broker in the order they are tried.</summary>
public static class KafkaWays
{
    /// <summary>Environment variable, installation, Docker, embedded broker.</summary>
    public static IReadOnlyList<IWay<KafkaBroker>> All { get; } =
        [new ConfiguredKafka(), new InstalledKafka(), new DockerKafka(), new EmbeddedKafka()];
}
