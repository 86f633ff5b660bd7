using System.Text.RegularExpressions;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>A snippet in a guide is a region of a compiled test, or it would be wrong one day.</summary>
public sealed partial class GuideTests
{
    private static readonly string Root = Repository.Root;

    public static TheoryData<string> Guides =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, "docs", "guides"), "*.md").Append(Path.Combine(Root, "README.md")).Select(path => Path.GetRelativePath(Root, path)).Order()];

    [Theory]
    [MemberData(nameof(Guides))]
    public void the_snippets_of_a_guide_are_compiled(string guide)
    {
        var text = File.ReadAllText(Path.Combine(Root, guide));
        foreach (Match snippet in Snippet().Matches(text))
            Assert.Equal(RegionOf(snippet.Groups["file"].Value, snippet.Groups["region"].Value), snippet.Groups["code"].Value);
    }

    private static string RegionOf(string file, string region)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, file))
            .SkipWhile(line => line.Trim() != $"#region {region}").Skip(1)
            .TakeWhile(line => line.Trim() != "#endregion").ToList();
        Assert.True(lines.Count > 0, $"{file} has no region '{region}'.");
        var indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => $"{(line.Length > 0 ? line[indentation..] : "")}\n"));
    }

    [GeneratedRegex("<!-- snippet: (?<file>[^#]+)#(?<region>\\S+) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
