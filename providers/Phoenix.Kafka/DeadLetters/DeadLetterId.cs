using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Kafka;

/// <summary>The deterministic id of a record's dead letter.</summary>
public static class DeadLetterId
{
    /// <summary>A name-based UUID (version 8, SHA-256) of topic incarnation, partition and offset.</summary>
    /// <param name="message">The record.</param>
    public static Guid Of(KafkaMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var name = string.Create(CultureInfo.InvariantCulture, $"{message.TopicIncarnation}/{message.Topic}/{message.Partition}/{message.Offset}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
