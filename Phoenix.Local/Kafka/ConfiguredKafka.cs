namespace Phoenix.Local;

/// <summary>A broker that somebody runs for us, named by the environment variable <c>PHOENIX_KAFKA</c>.</summary>
public sealed class ConfiguredKafka : IWay<KafkaBroker>
{
    /// <summary>Name of the environment variable that holds the bootstrap servers.</summary>
    public const string Variable = "PHOENIX_KAFKA";

    /// <inheritdoc/>
    public string Name => Variable;

    /// <inheritdoc/>
    public string Advice => $"set {Variable} to the bootstrap servers of a running broker, such as 'host:9092'.";

    /// <inheritdoc/>
    public async Task<Attempt<KafkaBroker>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (options.Setting(Variable) is not { } servers)
            return "It is not set.";
        var administration = new KafkaAdministration(servers, options.Time);
        if (await administration.WhyNotReadyAsync(cancellationToken) is { } reason)
        {
            // Whoever sets it means this broker and no other.
            throw new InfrastructureNotFoundException("Kafka", [
                new FailedWay(Name, $"It is set, but '{servers}' does not answer: {reason}.", $"correct or unset {Variable}."),
            ]);
        }

        return new KafkaBroker("external", servers, $"Kafka at {servers} ({Variable})", administration, null);
    }
}
