using System.Buffers;
using System.Text;

namespace Phoenix.Json;

/// <summary>Text that UTF-8 can hold.</summary>
internal static class WholeText
{
    public const string Problem = "A text holds half of a surrogate pair, for example because it was cut in the middle of a character.";

    /// <summary>Whether no surrogate stands without its other half.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var consumed) != OperationStatus.Done) return false;
            text = text[(at + consumed)..];
        }

        return true;
    }
}
