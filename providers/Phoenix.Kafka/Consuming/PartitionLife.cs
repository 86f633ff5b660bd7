using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Kafka;

/// <summary>
/// One life of a partition, from the moment this silo began to read it until its topic was made anew or its log was lost. A record belongs
/// to the life in which it was read: its identity comes from it, and its end moves the position of that life and of no other.
/// </summary>
internal sealed class PartitionLife(TopicDescription topic, long start, long end)
{
    /// <summary>What is done; guarded by the intake.</summary>
    public OffsetTracker Tracker { get; } = new(start);

    /// <summary>See <see cref="KafkaMessage.TopicIncarnation"/>.</summary>
    public string Incarnation { get; } = topic.Incarnation;

    /// <summary>Whether the broker tells one life of the topic from another.</summary>
    public bool IsTold { get; } = topic.HasTopicId;

    /// <summary>Where the log ended when the life began; records below may have been delivered before.</summary>
    public long EndAtStart { get; } = end;

    /// <summary>What is less is the epoch of a leader: one more with each election, and never as much.</summary>
    public const int LowestMark = 1 << 30;

    /// <summary>What a committed position of this life carries; see <see cref="Mark"/>.</summary>
    public int? PositionMark { get; } = Mark(topic);

    /// <summary>
    /// 30 bits of the topic id, which positions carry in the field for the leader's epoch: Apache Kafka keeps them there and does not look
    /// at them, and the client offers no other field. <see langword="null"/>: the broker has no topic ids.
    /// </summary>
    public static int? Mark(TopicDescription topic) => topic.HasTopicId
        ? BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(topic.Incarnation))) & (LowestMark - 1) | LowestMark
        : null;
}
