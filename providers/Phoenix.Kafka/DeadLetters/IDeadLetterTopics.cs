namespace Phoenix.Kafka;

/// <summary>What operators do with dead letters (guarantee 7). Reading them leaves them as they are, and no position is kept.</summary>
public interface IDeadLetterTopics
{
    /// <summary>
    /// The newest letters of a topic, newest first, each in short: a list of a thousand takes a few megabytes, however large they are.
    /// </summary>
    /// <param name="deadLetterTopic">The topic.</param>
    /// <param name="limit">At most this many; 1 or more.</param>
    /// <param name="before">Only letters of this partition below this offset, to go on where an earlier list ended; <see langword="null"/>:
    /// of all partitions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The letters; <see langword="null"/> when there is no such topic or partition.</returns>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    Task<IReadOnlyList<ListedLetter>?> ListAsync(string deadLetterTopic, int limit, (int Partition, long Offset)? before = null, CancellationToken cancellationToken = default);

    /// <summary>The letter that stands at a place, or <see langword="null"/> when there is none.</summary>
    /// <param name="deadLetterTopic">The topic.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Its offset there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    Task<KafkaMessage?> FindAsync(string deadLetterTopic, int partition, long offset, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends the original record again: key, headers and body as they were. One that had no <c>ce_id</c> gets its
    /// <see cref="DeadLetterHeaders.Id"/> as such, so that replaying it twice has one effect (guarantee 1). The letter stays. Of a letter
    /// that was not written whole the original is read where it first stood.
    /// </summary>
    /// <param name="letter">A letter of <see cref="ListAsync"/> or <see cref="FindAsync"/>.</param>
    /// <param name="topic">Where it goes: the topic it came from. What the letter itself says is not trusted.</param>
    /// <param name="cancellationToken">Ends the wait; the record may still be stored.</param>
    /// <exception cref="KafkaUnavailableException">Not acknowledged in time; it may have been stored all the same.</exception>
    /// <exception cref="KafkaRejectedException">The topic refuses it, or the letter is not whole and the original is gone.</exception>
    Task<KafkaReceipt> ReplayAsync(KafkaMessage letter, string topic, CancellationToken cancellationToken = default);
}
