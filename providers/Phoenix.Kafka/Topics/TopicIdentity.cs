using System.Globalization;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>The text form of a topic id.</summary>
internal static class TopicIdentity
{
    /// <summary>The id as a UUID in its usual spelling.</summary>
    public static string Text(Uuid id) =>
        new Guid(
            unchecked((int)(id.MostSignificantBits >> 32)),
            unchecked((short)(id.MostSignificantBits >> 16)),
            unchecked((short)id.MostSignificantBits),
            BigEndian(id.LeastSignificantBits)).ToString("D", CultureInfo.InvariantCulture);

    /// <summary>Whether a broker without topic ids answered.</summary>
    public static bool IsZero(Uuid id) => (long)id.MostSignificantBits == 0 && (long)id.LeastSignificantBits == 0;

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
