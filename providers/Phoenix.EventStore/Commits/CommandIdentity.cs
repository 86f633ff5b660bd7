using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Phoenix.EventStore;

/// <summary>
/// Command ids are text at the edge and UUIDs in the ledger: a UUID as it is, any other text name-based by SHA-256 (RFC 9562, version 8).
/// A text that ends with a colon and a time, as the identity of a record without <c>ce_id</c> does, keeps this time in front: what comes at
/// one time then stands together in the ledger's index.
/// </summary>
public static class CommandIdentity
{
    /// <summary>The ledger's UUID for this id.</summary>
    public static Guid Of(string commandId)
    {
        if (IsUuid(commandId, out var id)) return id;
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(commandId), hash);
        if (commandId.LastIndexOf(':') is >= 0 and var colon
            && long.TryParse(commandId.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            TimeOrder.Write(hash, milliseconds);
        }

        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>True when the text is a UUID in lower-case 8-4-4-4-12 form, so that the ledger needs no copy of it.</summary>
    public static bool IsUuid(string commandId) => IsUuid(commandId, out _);

    private static bool IsUuid(string commandId, out Guid id)
    {
        Span<char> canonical = stackalloc char[36];
        return Guid.TryParseExact(commandId, "D", out id) && id.TryFormat(canonical, out _) && commandId.AsSpan().SequenceEqual(canonical);
    }
}
