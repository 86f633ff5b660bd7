using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>Sorts the client's errors into those that pass and those that stay.</summary>
internal static class ProduceFailure
{
    public static Exception Of(KafkaRecord record, KafkaException error, KafkaSenderOptions options) => error.Error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => new KafkaRejectedException(
            KafkaRejectedException.TooLarge,
            $"The record for topic '{record.Topic}' has a body of {record.Body?.Length ?? 0} bytes, more than the topic or the client accepts. " +
            "Send less, or raise the topic's max.message.bytes.",
            error),
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => new KafkaRejectedException(
            KafkaRejectedException.UnknownTopic,
            $"Topic '{record.Topic}'{(record.Partition is { } partition ? $" partition {partition}" : "")} does not exist. Create it or correct the name.",
            error),
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.SaslAuthenticationFailed
            or ErrorCode.Local_Authentication => new KafkaRejectedException(
            "not-authorized",
            $"This user may not write to topic '{record.Topic}'. Grant Write on the topic (and IdempotentWrite on older brokers).",
            error),
        ErrorCode.InvalidRecord or ErrorCode.InvalidMsg or ErrorCode.TopicException or ErrorCode.PolicyViolation => new KafkaRejectedException(
            KafkaRejectedException.Refused, $"The broker refused the record for topic '{record.Topic}': {error.Error.Reason}.", error),
        _ => new KafkaUnavailableException($"store a record in topic '{record.Topic}'", options.BootstrapServers, error),
    };
}
