namespace Phoenix.Kafka;

/// <summary>Follows dead-letter topics from positions that somebody else keeps, without a group's offsets.</summary>
public interface ILetterFeed
{
    /// <summary>
    /// Reads what the topics have behind the positions, in pieces of at most 500 letters or about 4 MiB. A topic that is missing is left
    /// out. One that was made anew is read from its beginning, as another life; a letter is never told to be of a life that is not its own.
    /// </summary>
    /// <param name="topics">The topics.</param>
    /// <param name="positions">How far each partition was read; from its beginning where nothing is known.</param>
    /// <param name="take">Keeps a piece; the next is read when it is done. Kept twice, a piece must be as if kept once.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    Task ReadAsync(
        IReadOnlyCollection<string> topics, IReadOnlyCollection<LetterPosition> positions, Func<LetterPiece, Task> take,
        CancellationToken cancellationToken = default);
}

/// <summary>How far a partition of a dead-letter topic was read.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Life">Which life of the topic.</param>
/// <param name="Next">The offset to go on with.</param>
public sealed record LetterPosition(string Topic, int Partition, string Life, long Next);

/// <summary>Letters of one topic, in order within a partition.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Life">Which life of it: with partition and offset it names a letter for ever.</param>
/// <param name="Letters">The letters; may be empty, when only positions move.</param>
/// <param name="Positions">How far partitions are read with this piece.</param>
/// <param name="Missed">Offsets that retention took away before they were read; of the first piece.</param>
public sealed record LetterPiece(
    string Topic, string Life, IReadOnlyList<KafkaMessage> Letters, IReadOnlyList<LetterPosition> Positions, long Missed);
