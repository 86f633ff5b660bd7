using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>Writes dead letters through the sender: whole, or when the topic refuses that, as much of each as it takes.</summary>
internal sealed partial class DeadLetterWriter(
    IKafkaSender sender, IEnumerable<KafkaTopic> topics, TimeProvider time, ILogger<DeadLetterWriter> logger) : IDeadLetters
{
    private readonly Dictionary<string, string> deadLetterTopics = topics.ToDictionary(topic => topic.Topic, topic => topic.DeadLetterTopic);

    public async Task SendAsync(KafkaMessage original, DeadLetterReason reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(reason);
        var topic = deadLetterTopics.GetValueOrDefault(original.Topic) ?? KafkaTopic.DefaultDeadLetterTopic(original.Topic);
        var letter = new DeadLetter(original, reason, time.GetUtcNow());
        for (var leftOut = LeftOut.Nothing; ;)
        {
            try
            {
                await sender.SendAsync(letter.Without(leftOut, topic), cancellationToken);
                if (leftOut != LeftOut.Nothing)
                    LogNotWhole(logger, original.Topic, original.Partition, original.Offset, LeftOutText.Of(leftOut), topic);
                return;
            }
            catch (KafkaRejectedException error) when (Less(leftOut, error, original) is { } less)
            {
                leftOut = less;
            }
        }
    }

    // A letter that its topic refuses would hold its key for ever (guarantee 7). Null: nothing that could be left out is the reason.
    private static LeftOut? Less(LeftOut leftOut, KafkaRejectedException error, KafkaMessage original) => error.Code switch
    {
        // A compacted topic takes no record without a key.
        KafkaRejectedException.Refused when original.RawKey is null && !leftOut.HasFlag(LeftOut.Key) => leftOut | LeftOut.Key,
        KafkaRejectedException.TooLarge when !leftOut.HasFlag(LeftOut.Body) => leftOut | LeftOut.Body,
        KafkaRejectedException.TooLarge when !leftOut.HasFlag(LeftOut.Headers) => leftOut | LeftOut.Headers,
        _ => null,
    };

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The dead letter of {Topic}[{Partition}]@{Offset} was written without its {Parts}: '{DeadLetterTopic}' takes no more. "
            + "The record itself stays in its topic until retention removes it. Raise max.message.bytes of the dead-letter topic, and take compaction off it.")]
    private static partial void LogNotWhole(ILogger logger, string topic, int partition, long offset, string parts, string deadLetterTopic);
}
