using System.Globalization;

namespace Phoenix.Kafka;

/// <summary>Writes dead letters through the sender.</summary>
internal sealed class DeadLetterWriter(IKafkaSender sender, IEnumerable<KafkaTopic> topics, TimeProvider time) : IDeadLetters
{
    private const int MaxReasonCharacters = 2_000;

    private readonly Dictionary<string, string> deadLetterTopics = topics.ToDictionary(topic => topic.Topic, topic => topic.DeadLetterTopic);

    public Task SendAsync(KafkaMessage original, DeadLetterReason reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(reason);
        var topic = deadLetterTopics.GetValueOrDefault(original.Topic) ?? KafkaTopic.DefaultDeadLetterTopic(original.Topic);
        var copy = KafkaRecord.Copy(original, topic);
        return sender.SendAsync(copy with { Headers = [.. original.Headers, .. Circumstances(original, reason)] }, cancellationToken);
    }

    private IEnumerable<KafkaHeader> Circumstances(KafkaMessage original, DeadLetterReason reason) =>
    [
        new(DeadLetterHeaders.Id, RecordIdentity.Of(original)),
        new(DeadLetterHeaders.Reason, reason.Code),
        new(DeadLetterHeaders.Message, reason.Message.Length <= MaxReasonCharacters ? reason.Message : reason.Message[..MaxReasonCharacters]),
        new(DeadLetterHeaders.Topic, original.Topic),
        new(DeadLetterHeaders.Partition, original.Partition.ToString(CultureInfo.InvariantCulture)),
        new(DeadLetterHeaders.Offset, original.Offset.ToString(CultureInfo.InvariantCulture)),
        new(DeadLetterHeaders.Time, time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)),
    ];
}
