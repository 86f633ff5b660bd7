using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Phoenix.EventStore;

/// <summary>
/// The id of the command that a due row becomes: the same however often and from wherever it is delivered, so that it has one effect.
/// </summary>
public static class DueIdentity
{
    /// <summary>
    /// A UUID made of owner, name, generation and occurrence by SHA-256 (RFC 9562, version 8). The first 48 bits are the generation's,
    /// which is the id of the command that set the row: what this has of a time is kept.
    /// </summary>
    /// <param name="owner">The stream that owns the row.</param>
    /// <param name="row">The row.</param>
    public static Guid Of(string owner, DueReference row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, owner);
        Add(hash, row.Name);
        Span<byte> rest = stackalloc byte[24];
        row.Generation.TryWriteBytes(rest, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(rest[16..], row.Occurrence);
        hash.AppendData(rest);
        Span<byte> id = stackalloc byte[32];
        hash.GetHashAndReset(id);
        rest[..TimeOrder.Bytes].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id[..16], bigEndian: true);
    }

    // With its length, or a part of one text could be taken for a part of the next.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
