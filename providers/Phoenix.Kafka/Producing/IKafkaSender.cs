namespace Phoenix.Kafka;

/// <summary>Sends records and waits for the broker's word. One idempotent producer behind it; thread-safe.</summary>
public interface IKafkaSender
{
    /// <summary>
    /// Sends a record: 1. waits for a free place among the records in flight, 2. hands it to the producer, 3. returns when all in-sync
    /// replicas have it. Records of one key sent one after another keep their order.
    /// </summary>
    /// <param name="record">Record to send.</param>
    /// <param name="cancellationToken">Ends the wait; a record handed to the producer may still be stored.</param>
    /// <returns>Where the record stands.</returns>
    /// <exception cref="KafkaUnavailableException">Not acknowledged within the delivery timeout; it may have been stored all the
    /// same.</exception>
    /// <exception cref="KafkaRejectedException">Refused for good: too large, unknown topic, not authorized.</exception>
    Task<KafkaReceipt> SendAsync(KafkaRecord record, CancellationToken cancellationToken = default);
}
