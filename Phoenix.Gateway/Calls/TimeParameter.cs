using System.Globalization;
using System.Text.RegularExpressions;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Calls;

/// <summary>
/// A moment in a URL: RFC 3339 with its offset, and nothing else. What another reader takes for 2 January must not be 1 February here.
/// </summary>
internal static partial class TimeParameter
{
    private const string Expected = "Expected is an RFC 3339 time with 'Z' or an offset, such as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00%2B01:00.";

    /// <exception cref="BadRequestException">It is no such time; the message says what to write.</exception>
    public static DateTimeOffset Read(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (query[name].Count == 1 && TryRead(text, out var time)) return time;
        throw new BadRequestException(Rfc3339().IsMatch(text.Replace(' ', '+'))
            ? $"The parameter '{name}' has a space where a '+' belongs: in a URL '+' means a space. Write %2B. {Expected}"
            : $"The parameter '{name}' is no time. {Expected}");
    }

    /// <summary>Reads such a moment; false when it is none.</summary>
    public static bool TryRead(string text, out DateTimeOffset time)
    {
        time = default;
        return Rfc3339().Match(text) is { Success: true } match
            && DateTimeOffset.TryParse(WithTicks(match), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    // More digits than .NET has are cut, as storage keeps microseconds.
    private static string WithTicks(Match match)
    {
        const int PointAndTicks = 8;
        var fraction = match.Groups["fraction"].Value;
        return match.Groups["seconds"].Value + fraction[..Math.Min(fraction.Length, PointAndTicks)] + match.Groups["offset"].Value;
    }

    [GeneratedRegex(@"^(?<seconds>\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?<fraction>\.\d+)?(?<offset>[Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Rfc3339();
}
