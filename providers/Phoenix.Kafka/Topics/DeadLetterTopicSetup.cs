using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>Makes the topics for dead letters, and finds those that would not keep every letter, at start-up.</summary>
internal static partial class DeadLetterTopicSetup
{
    private const string MaxBytes = "max.message.bytes";
    private const string CleanUp = "cleanup.policy";

    // A letter has headers that its record had not: reason, place and time.
    private const long Circumstances = 16 * 1024;

    /// <summary>
    /// Creates the topic unless it exists, with the size of the options, or where the brokers allow no such size with theirs.
    /// </summary>
    public static async Task EnsureAsync(KafkaStreamOptions options, KafkaTopics admin, KafkaTopic topic, ILogger logger)
    {
        try
        {
            var size = options.MaxDeadLetterBytes.ToString(CultureInfo.InvariantCulture);
            await admin.EnsureAsync(topic.DeadLetterTopic, topic.Partitions, topic.ReplicationFactor, new Dictionary<string, string> { [MaxBytes] = size });
        }
        catch (KafkaRejectedException error) when (error.Code == KafkaRejectedException.Refused)
        {
            LogSmaller(logger, topic.DeadLetterTopic, options.MaxDeadLetterBytes, error.Message);
            await admin.EnsureAsync(topic.DeadLetterTopic, topic.Partitions, topic.ReplicationFactor);
        }
    }

    /// <summary>Compares the two topics' settings, as far as this user may read them.</summary>
    /// <exception cref="KafkaRejectedException">The dead-letter topic is compacted: it would lose letters.</exception>
    public static async Task CheckAsync(KafkaTopics admin, KafkaTopic topic, ILogger logger)
    {
        if (await admin.SettingsAsync(topic.DeadLetterTopic) is not { } letters)
            return;
        if (letters.GetValueOrDefault(CleanUp)?.Contains("compact", StringComparison.Ordinal) == true)
            throw new KafkaRejectedException(
                KafkaRejectedException.Refused,
                $"Topic '{topic.DeadLetterTopic}' is compacted ({CleanUp}={letters[CleanUp]}) and would keep one dead letter of each key. Set {CleanUp}=delete.");
        if (await admin.SettingsAsync(topic.Topic) is { } records
            && Size(records) is { } largest && Size(letters) is { } room && room < largest + Circumstances)
            LogTooSmall(logger, topic.DeadLetterTopic, room, topic.Topic, largest, largest + Circumstances);
    }

    private static long? Size(IReadOnlyDictionary<string, string> settings) =>
        long.TryParse(settings.GetValueOrDefault(MaxBytes), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The brokers allow no topic '{Topic}' with max.message.bytes={Bytes} (MaxDeadLetterBytes); it is created with their default. {Reason}")]
    private static partial void LogSmaller(ILogger logger, string topic, int bytes, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Topic '{DeadLetterTopic}' takes records of {Room} bytes and '{Topic}' of {Largest}: the largest dead letters will be written without their "
            + "bodies. Set max.message.bytes of '{DeadLetterTopic}' to {Wanted} or more.")]
    private static partial void LogTooSmall(ILogger logger, string deadLetterTopic, long room, string topic, long largest, long wanted);
}
