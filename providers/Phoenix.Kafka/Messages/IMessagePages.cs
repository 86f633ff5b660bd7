namespace Phoenix.Kafka;

/// <summary>
/// The messages of a record that becomes very many: read a page at a time, when there is room for them. One that is refused is a dead
/// letter of its own, of the record and the message's stream, and the record is done all the same.
/// </summary>
public interface IMessagePages
{
    /// <summary>The bodies that its messages have, each once: what is too large is found before the first is sent.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Bodies { get; }

    /// <summary>
    /// The next page; <see langword="null"/> after the last. One that throws is asked again, for the same page and without end.
    /// </summary>
    /// <param name="cancellationToken">The record is read elsewhere from now on.</param>
    Task<IReadOnlyList<ConvertedMessage>?> NextAsync(CancellationToken cancellationToken);

    /// <summary>The message of this place among what the record becomes, made again for one stream, as its dead letter names it.</summary>
    /// <returns><see langword="null"/> when the record becomes no such message any more.</returns>
    ConvertedMessage? Of(LetterTarget target);
}
