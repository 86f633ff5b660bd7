using System.Globalization;
using System.Text.RegularExpressions;
using Phoenix.Gateway.Calls;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// How a value of a column is written in a URL. PostgreSQL reads more (<c>now</c>, <c>infinity</c>, dates of any order); what two readers
/// could take differently is refused here.
/// </summary>
/// <param name="Expected">What a value looks like, for refusals.</param>
/// <param name="Read">Gives the value as PostgreSQL reads it; null when it is none.</param>
/// <param name="IsText">Whether it has a beginning to look for.</param>
internal sealed partial record ColumnType(string Expected, Func<string, string?> Read, bool IsText = false)
{
    private const int MostDigits = 200;

    private static readonly ColumnType Text =
        new("a text without null characters", text => text.Contains('\0', StringComparison.Ordinal) ? null : text, IsText: true);

    private static readonly Dictionary<string, ColumnType> Known = new()
    {
        ["text"] = Text,
        ["varchar"] = Text,
        ["bpchar"] = Text,
        ["int2"] = Whole(short.MinValue, short.MaxValue),
        ["int4"] = Whole(int.MinValue, int.MaxValue),
        ["int8"] = Whole(long.MinValue, long.MaxValue),
        ["numeric"] = new("a decimal number such as 12.50", text => text.Length <= MostDigits && Decimal().IsMatch(text) ? text : null),
        ["float4"] = new("a number such as 1.5 or 1e-3", text => Float(text) is { } number && float.IsFinite((float)number) ? text : null),
        ["float8"] = new("a number such as 1.5 or 1e-3", text => Float(text) is not null ? text : null),
        ["bool"] = new("true or false", text => text is "true" or "false" ? text : null),
        ["uuid"] = new("a UUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301", text => Guid.TryParseExact(text, "D", out _) ? text : null),
        ["date"] = new("a date such as 2026-01-31",
            text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null),
        ["timestamptz"] = new("an RFC 3339 time such as 2026-01-31T12:00:00Z; a '+' is written %2B",
            text => TimeParameter.TryRead(text, out var time)
                ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) : null),
        ["timestamp"] = new("a time without offset such as 2026-01-31T12:00:00.5",
            text => DateTime.TryParseExact(
                text, "yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null),
    };

    /// <summary>The type of this name; null when there are no filters for such columns.</summary>
    /// <param name="name">The type's name in PostgreSQL's catalog.</param>
    /// <param name="labels">What an enumeration has; empty for others.</param>
    public static ColumnType? Of(string name, IReadOnlyCollection<string> labels) => labels.Count > 0
        ? new($"one of {string.Join(", ", labels)}", text => labels.Contains(text) ? text : null)
        : Known.GetValueOrDefault(name);

    private static ColumnType Whole(long min, long max) => new(
        $"a whole number from {min} to {max}",
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max ? text : null);

    private static double? Float(string text) =>
        Floating().IsMatch(text) && double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number : null;

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^-?[0-9]{1,200}(\.[0-9]{1,200})?([eE][+-]?[0-9]{1,3})?\z")]
    private static partial Regex Floating();
}
