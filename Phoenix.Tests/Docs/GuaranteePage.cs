using System.Globalization;
using System.Text.RegularExpressions;

namespace Phoenix.Tests.Docs;

/// <summary>The promises of <c>docs/guarantees.md</c>, by number, and how they are cited.</summary>
internal static partial class GuaranteePage
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md"));

    /// <summary>The numbers of the page, with all that stands under each.</summary>
    public static IReadOnlyDictionary<int, string> Sections { get; } =
        Section().Matches(Page).ToDictionary(match => Parse(match.Groups["number"].Value), match => match.Value);

    /// <summary>The classes of tests that the page names, some with the end of their namespace.</summary>
    public static IReadOnlyList<string> Tests { get; } = [.. TestsOf(Page).Distinct().Order()];

    /// <summary>The classes of tests that a part of the page names.</summary>
    public static IEnumerable<string> TestsOf(string text) => TestName().Matches(text).Select(match => match.Groups["name"].Value);

    /// <summary>The numbers that a text cites, such as "guarantee 4", "guarantees 6 and 7" or "guarantees 1 to 5".</summary>
    public static IEnumerable<int> CitedIn(string text) =>
        Citation().Matches(LineEnd().Replace(text, " ")).SelectMany(citation => NumbersOf(citation.Value));

    private static IEnumerable<int> NumbersOf(string citation)
    {
        var numbers = Number().Matches(citation).Select(match => Parse(match.Value)).ToList();
        return citation.Contains(" to ", StringComparison.Ordinal) ? Enumerable.Range(numbers[0], numbers[1] - numbers[0] + 1) : numbers;
    }

    private static int Parse(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^## (?<number>\d+)\. .*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"`(?<name>[A-Za-z.]+Tests)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b[Gg]uarantees? \d+(?:(?:, | and | to )\d+)*")]
    private static partial Regex Citation();

    // A comment goes on behind its slashes.
    [GeneratedRegex(@"\s*\n\s*(?:///?\s*)?")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
