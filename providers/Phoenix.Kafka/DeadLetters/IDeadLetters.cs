namespace Phoenix.Kafka;

/// <summary>Puts records that cannot be processed aside, with their original bytes.</summary>
public interface IDeadLetters
{
    /// <summary>
    /// Writes the record's key, headers and body unchanged, followed by <see cref="DeadLetterHeaders"/>, to the dead-letter topic of its
    /// topic, and returns when the broker has acknowledged it (guarantees 6 and 7). Writing the same record again gives the same id. A
    /// letter that the topic refuses whole is written without what makes it too much, and says so
    /// (<see cref="DeadLetterHeaders.LeftOut"/>).
    /// </summary>
    /// <param name="original">The record.</param>
    /// <param name="reason">Why it is put aside.</param>
    /// <param name="cancellationToken">Ends the wait; the letter may still be written.</param>
    /// <exception cref="KafkaUnavailableException">Not acknowledged in time; the record is not done.</exception>
    /// <exception cref="KafkaRejectedException">The dead-letter topic is missing, or refuses even the letter without its parts.</exception>
    Task SendAsync(KafkaMessage original, DeadLetterReason reason, CancellationToken cancellationToken = default);
}
