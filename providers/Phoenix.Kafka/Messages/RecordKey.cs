using System.Text;

namespace Phoenix.Kafka;

/// <summary>What a record key must be so that it can name a stream.</summary>
internal static class RecordKey
{
    /// <summary>Longest key in bytes of UTF-8.</summary>
    public const int MaxBytes = 200;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Why a key cannot be routed, or <see langword="null"/> when it can.</summary>
    public static string? Refuse(ReadOnlySpan<byte> key, bool present)
    {
        if (!present)
            return "the record has no key; the key must be the id of the aggregate the message is for";
        if (key.IsEmpty)
            return "the key is empty; it must be 1 to 200 bytes of UTF-8";
        if (key.Length > MaxBytes)
            return $"the key has {key.Length} bytes; it must be 1 to {MaxBytes} bytes of UTF-8";
        return RefuseText(key);
    }

    private static string? RefuseText(ReadOnlySpan<byte> key)
    {
        Span<char> characters = stackalloc char[MaxBytes];
        int length;
        try
        {
            length = Strict.GetChars(key, characters);
        }
        catch (DecoderFallbackException)
        {
            return "the key is not valid UTF-8";
        }
        foreach (var character in characters[..length])
        {
            if (char.IsControl(character))
                return $"the key contains the control character U+{(int)character:X4}";
        }
        return null;
    }
}
