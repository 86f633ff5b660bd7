using System.Globalization;

namespace Phoenix.Kafka;

/// <summary>The record that a dead letter was written for, made again from the letter alone.</summary>
public static class OriginalRecord
{
    /// <summary>
    /// The record as it was read: key, headers, body, and its place, from which its <see cref="RecordIdentity"/> comes. What the letter
    /// says of these is as trustworthy as whoever may write to its topic.
    /// </summary>
    /// <param name="letter">A letter as <see cref="IDeadLetterTopics"/> gives it.</param>
    /// <exception cref="KafkaRejectedException">The letter was not written whole, or its headers do not name a record.</exception>
    public static KafkaMessage Of(KafkaMessage letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        if (LeftOutText.Read(letter) is not LeftOut.Nothing)
            throw NotPossible(letter, "was too large to be written whole");
        var identity = Text(letter, DeadLetterHeaders.Id)?.Split(':') ?? [];
        // The incarnation may hold colons itself; after it come partition, offset and time.
        if (identity is not [_, .., _, _, var time]
            || Text(letter, DeadLetterHeaders.Topic) is not { Length: > 0 } topic
            || !int.TryParse(Text(letter, DeadLetterHeaders.Partition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(Text(letter, DeadLetterHeaders.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || !long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            throw NotPossible(letter, "does not say which record it was written for");
        var original = letter with
        {
            Topic = topic,
            Partition = partition,
            Offset = offset,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            TopicIncarnation = string.Join(':', identity[..^3]),
            Headers = [.. letter.Headers.Where(header => !header.Name.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal))],
        };
        return RecordIdentity.Of(original) == Text(letter, DeadLetterHeaders.Id) ? original : throw NotPossible(letter, "contradicts itself");
    }

    /// <summary>
    /// The message of the record that the letter is about; <see langword="null"/> when it is about the record as a whole.
    /// </summary>
    /// <param name="letter">A letter as <see cref="IDeadLetterTopics"/> gives it.</param>
    /// <exception cref="KafkaRejectedException">Its headers do not name one.</exception>
    public static LetterTarget? TargetOf(KafkaMessage letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        if (Text(letter, DeadLetterHeaders.Target) is not { } target)
            return null;
        // A namespace has no slash, a key may have some.
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && int.TryParse(Text(letter, DeadLetterHeaders.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? new(target[..slash], target[(slash + 1)..], ordinal)
            : throw NotPossible(letter, "does not say which message it was written for");
    }

    private static KafkaRejectedException NotPossible(KafkaMessage letter, string why) => new(
        KafkaRejectedException.OriginalGone,
        $"The letter at offset {letter.Offset} of partition {letter.Partition} {why}. Ask the record's sender to send it again.");

    private static string? Text(KafkaMessage letter, string name) => letter.Headers.LastOrDefault(header => header.Name == name)?.Text;
}
