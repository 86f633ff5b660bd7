using System.Text.Json;

namespace Phoenix.Json;

/// <summary>Times in messages: date, time and offset, so that they mean the same wherever they are read.</summary>
internal static class Rfc3339
{
    private const int MaxFraction = 7;

    /// <exception cref="RefusedValueException">It is none.</exception>
    public static DateTimeOffset Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !IsWhole(reader.GetString()!)) throw Refused();
        if (reader.TokenType == JsonTokenType.String) return reader.TryGetDateTimeOffset(out var time) ? time : throw Refused();
        return DateTimeOffset.TryParse(reader.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var key) ? key : throw Refused();
    }

    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        // 2026-01-31T12:00:00 and then perhaps a fraction, and an offset.
        if (text.Length < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        var rest = text[19..];
        if (rest[0] == '.')
        {
            var fraction = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (fraction is < 1 or > MaxFraction) return false;
            rest = rest[(fraction + 1)..];
        }

        return rest is "Z" || (rest is { Length: 6 } && rest[0] is '+' or '-' && rest[3] == ':');
    }

    private static RefusedValueException Refused() =>
        new($"expected a time with date, seconds and offset, and at most {MaxFraction} digits of a second, such as 2026-01-31T12:00:00.5+01:00 (RFC 3339)");
}
