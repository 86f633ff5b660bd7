using System.Text;

namespace Phoenix.Model;

/// <summary>The rule for aggregate ids and stream ids (<c>{aggregate}/{id}</c>), checked at every entrance.</summary>
public static class AggregateId
{
    /// <summary>Longest id, in bytes of UTF-8.</summary>
    public const int MaxBytes = 200;

    /// <summary>What is wrong with the id, or null when it is 1 to 200 bytes of UTF-8 without control characters.</summary>
    public static string? Problem(string? id)
    {
        if (string.IsNullOrEmpty(id)) return "An aggregate id has at least one character.";
        foreach (var c in id)
        {
            if (char.IsControl(c)) return $"An aggregate id has no control characters; found U+{(int)c:X4}.";
        }

        try
        {
            var bytes = Strict.GetByteCount(id);
            return bytes <= MaxBytes ? null : $"An aggregate id has at most {MaxBytes} bytes of UTF-8; found {bytes}.";
        }
        catch (EncoderFallbackException)
        {
            return "An aggregate id is valid Unicode; found half of a surrogate pair.";
        }
    }

    private static readonly UTF8Encoding Strict = new(false, true);
}
