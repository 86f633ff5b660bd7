using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Subscribing;

/// <summary>
/// The id of a command that a record becomes: the same however often and by whichever silo the record is converted, so that it has one
/// effect.
/// </summary>
internal static class SubscriptionIdentity
{
    /// <summary>
    /// A UUID made of the topic, the record's identity and the command's place among those of the record, by SHA-256 (RFC 9562, version 8),
    /// with the record's time in front. Where the message has an id of its own, this stands for the record's identity, and nothing of the
    /// record is in it: the next record of the same message has another place and time.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="ordinal">The command's place.</param>
    /// <param name="target">The aggregate, of a command to all behind a tag: each has an id of its own.</param>
    /// <param name="messageId">The message's own id, or null.</param>
    public static Guid Of(KafkaMessage record, int ordinal, string? target = null, string? messageId = null)
    {
        // The topic, too: at brokers without topic ids an identity begins with the cluster's. A topic's name has no line feed.
        var text = Encoding.UTF8.GetBytes($"subscription\n{record.Topic}\n{(messageId is null ? RecordIdentity.Of(record) : $"message\n{messageId}")}{(target is null ? "" : $"\n{target}")}");
        var hashed = new byte[text.Length + sizeof(int)].AsSpan();
        text.CopyTo(hashed);
        BinaryPrimitives.WriteInt32BigEndian(hashed[text.Length..], ordinal);
        Span<byte> id = stackalloc byte[32];
        SHA256.HashData(hashed, id);
        if (messageId is null) TimeOrder.Write(id, record.Timestamp.ToUnixTimeMilliseconds());
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id[..16], bigEndian: true);
    }
}
