namespace Phoenix.Kafka;

/// <summary>
/// Hears of records that the provider put aside by itself, so that their senders can be told. Every registered one is asked.
/// </summary>
public interface IRefusalListener
{
    /// <summary>
    /// The record's dead letter is acknowledged; the record is done when this returns. When it throws, the dead letter is written again
    /// (with the same id) and this called again, for ever.
    /// </summary>
    /// <param name="topic">Topic it came from.</param>
    /// <param name="message">The record.</param>
    /// <param name="reason">Why it was put aside.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    Task OnRefusedAsync(KafkaTopic topic, KafkaMessage message, DeadLetterReason reason, CancellationToken cancellationToken);
}
