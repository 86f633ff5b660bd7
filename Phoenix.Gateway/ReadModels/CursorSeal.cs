using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// Seals cursors, so that a gateway takes back only what a gateway gave out. All gateways with the same bearer token have the same key.
/// </summary>
internal sealed class CursorSeal(IOptions<PhoenixGatewayOptions> options)
{
    // A cursor may stand in a proxy's log: whoever reads it there shall not try out tokens quickly.
    private const int Rounds = 100_000;

    private readonly Lazy<byte[]> _key = new(() => Rfc2898DeriveBytes.Pbkdf2(
        options.Value.Gateway.ReadToken(), "phoenix read model cursors"u8, Rounds, HashAlgorithmName.SHA256, HMACSHA256.HashSizeInBytes));

    /// <summary>The content with its seal, in letters that a URL takes.</summary>
    public string Seal(ReadOnlySpan<byte> content) =>
        Base64Url.EncodeToString([.. HMACSHA256.HashData(_key.Value, content), .. content]);

    /// <summary>The content; null when this is not what <see cref="Seal"/> gave.</summary>
    public byte[]? Open(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= HMACSHA256.HashSizeInBytes || Base64Url.EncodeToString(bytes) != text) return null;
        var content = bytes[HMACSHA256.HashSizeInBytes..];
        var seal = bytes.AsSpan(0, HMACSHA256.HashSizeInBytes);
        return CryptographicOperations.FixedTimeEquals(seal, HMACSHA256.HashData(_key.Value, content)) ? content : null;
    }
}
