using System.Globalization;
using System.Text;

namespace Phoenix.Kafka;

/// <summary>A record, and why and when it is put aside.</summary>
internal sealed class DeadLetter(KafkaMessage original, DeadLetterReason reason, DateTimeOffset time)
{
    private const int MaxReasonCharacters = 2_000;

    private readonly string identity = RecordIdentity.Of(original);

    /// <summary>The record that is sent, without these parts of the original.</summary>
    public KafkaRecord Without(LeftOut parts, string topic) => KafkaRecord.Copy(original, topic) with
    {
        RawKey = parts.HasFlag(LeftOut.Key) ? Encoding.UTF8.GetBytes(identity) : original.RawKey,
        // Empty and not absent: a compacted topic reads a record without a value as a deletion.
        Body = parts.HasFlag(LeftOut.Body) ? ReadOnlyMemory<byte>.Empty : original.RawBody,
        Headers = [.. parts.HasFlag(LeftOut.Headers) ? [] : original.Headers, .. Circumstances(), .. Target(), .. Gaps(parts)],
    };

    private IEnumerable<KafkaHeader> Circumstances() =>
    [
        new(DeadLetterHeaders.Id, identity),
        new(DeadLetterHeaders.Reason, reason.Code),
        new(DeadLetterHeaders.Message, reason.Message.Length <= MaxReasonCharacters ? reason.Message : reason.Message[..MaxReasonCharacters]),
        new(DeadLetterHeaders.Topic, original.Topic),
        new(DeadLetterHeaders.Partition, original.Partition.ToString(CultureInfo.InvariantCulture)),
        new(DeadLetterHeaders.Offset, original.Offset.ToString(CultureInfo.InvariantCulture)),
        new(DeadLetterHeaders.Time, time.ToString("O", CultureInfo.InvariantCulture)),
    ];

    private IEnumerable<KafkaHeader> Target() => reason.Target is not { } target
        ? []
        :
        [
            new(DeadLetterHeaders.Target, $"{target.StreamNamespace}/{target.Key}"),
            new(DeadLetterHeaders.Ordinal, target.Ordinal.ToString(CultureInfo.InvariantCulture)),
        ];

    private IEnumerable<KafkaHeader> Gaps(LeftOut parts)
    {
        if (parts != LeftOut.Nothing)
            yield return new(DeadLetterHeaders.LeftOut, LeftOutText.Of(parts));
        if (parts.HasFlag(LeftOut.Body))
            yield return new(DeadLetterHeaders.BodyBytes, original.Body.Length.ToString(CultureInfo.InvariantCulture));
    }
}
