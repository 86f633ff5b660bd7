using System.Buffers.Binary;

namespace Phoenix.EventStore;

/// <summary>
/// Identities that are made of a hash and belong to a time begin with it, as those of RFC 9562, version 7, do: an index then grows at its
/// end instead of everywhere, however large the ledger is.
/// </summary>
public static class TimeOrder
{
    /// <summary>How many bytes the time takes.</summary>
    public const int Bytes = 6;

    private const long Limit = 1L << (8 * Bytes);

    /// <summary>Writes a time in front of a UUID in network order. A time that does not fit changes nothing.</summary>
    /// <param name="id">The UUID, at least 8 bytes of it.</param>
    /// <param name="milliseconds">Since 1970.</param>
    public static void Write(Span<byte> id, long milliseconds)
    {
        if (milliseconds is < 0 or >= Limit) return;
        var rest = BinaryPrimitives.ReadUInt64BigEndian(id) & 0xFFFF;
        BinaryPrimitives.WriteUInt64BigEndian(id, ((ulong)milliseconds << 16) | rest);
    }
}
