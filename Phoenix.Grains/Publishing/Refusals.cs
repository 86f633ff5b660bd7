using Phoenix.Kafka;

namespace Phoenix.Publishing;

internal static class Refusals
{
    /// <summary>Whether the broker refuses this record and may take others; else it is the topic, or the right to write to it.</summary>
    public static bool IsOfTheRecord(this KafkaRejectedException refused) => refused.Code is KafkaRejectedException.TooLarge or KafkaRejectedException.Refused;
}
