using System.Globalization;

namespace Phoenix.Kafka;

/// <summary>The identity a record has by where it stands; the same for every delivery of it, and for no other record.</summary>
public static class RecordIdentity
{
    /// <summary>
    /// <c>{topic incarnation}:{partition}:{offset}:{timestamp in ms}</c>: a recreated topic, and with it the same offsets, gives other
    /// identities.
    /// </summary>
    /// <param name="message">The record.</param>
    public static string Of(KafkaMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return string.Create(CultureInfo.InvariantCulture,
            $"{message.TopicIncarnation}:{message.Partition}:{message.Offset}:{message.Timestamp.ToUnixTimeMilliseconds()}");
    }
}
