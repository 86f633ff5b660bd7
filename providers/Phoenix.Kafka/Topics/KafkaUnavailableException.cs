namespace Phoenix.Kafka;

/// <summary>
/// The broker could not be reached, or did not answer in time; whether a record was stored is unknown. Trying again is safe for whoever
/// dedups.
/// </summary>
[GenerateSerializer, Alias("phoenix.kafka.unavailable")]
public sealed class KafkaUnavailableException : Exception
{
    /// <summary>Says what could not be done, with whom, and what to check.</summary>
    /// <param name="action">What was attempted, as an infinitive phrase.</param>
    /// <param name="bootstrapServers">Configured servers.</param>
    /// <param name="cause">What the client reported.</param>
    public KafkaUnavailableException(string action, string bootstrapServers, Exception? cause = null)
        : base(
            $"Kafka at '{bootstrapServers}' could not {action}: {cause?.Message ?? "no answer in time"}. " +
            "Check that the address is right, the broker is up and security settings match; then try again.",
            cause)
    {
    }
}
