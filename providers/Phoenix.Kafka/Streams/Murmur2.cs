using System.Buffers.Binary;

namespace Phoenix.Kafka;

/// <summary>The hash by which Java clients, and librdkafka's <c>murmur2_random</c>, choose a key's partition.</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;

    /// <summary>Partition of a key among <paramref name="partitions"/>.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    /// <summary>The 32-bit hash.</summary>
    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var hash = Seed ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            word ^= word >> 24;
            hash = (hash * Multiplier) ^ (word * Multiplier);
            data = data[4..];
        }

        if (data.Length > 0)
        {
            if (data.Length > 2)
                hash ^= (uint)data[2] << 16;
            if (data.Length > 1)
                hash ^= (uint)data[1] << 8;
            hash = (hash ^ data[0]) * Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
