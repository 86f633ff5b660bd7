using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The projects that <c>docs/architecture.md</c> draws, and their arrows, are those that there are.</summary>
public sealed partial class ArchitecturePageTests
{
    // They may reference anything, and are not drawn.
    private static readonly string[] Undrawn =
        ["Phoenix.Tests", "Phoenix.Tests.Builds.Before", "Phoenix.Tests.Builds.Between", "Phoenix.Tests.Builds.After", "Phoenix.Benchmarks"];

    private static readonly string Drawing =
        Block().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"))).Value;

    private static readonly Dictionary<string, string> Names =
        Node().Matches(Drawing).ToDictionary(node => node.Groups["id"].Value, node => node.Groups["name"].Value);

    private static readonly List<string> Projects =
    [
        .. ProjectFile().Matches(File.ReadAllText(Path.Combine(Repository.Root, "PhoenixOrleans.sln")))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'))
            .Where(path => !Undrawn.Contains(NameOf(path))),
    ];

    [Fact]
    public void every_project_is_drawn() => Assert.Equal(Projects.Select(NameOf).Order(), Names.Values.Order());

    [Fact]
    public void every_reference_is_an_arrow_and_every_arrow_a_reference() => Assert.Equal(
        Projects.SelectMany(project => ReferencesOf(project).Select(other => $"{NameOf(project)} --> {other}")).Order(),
        Arrow().Matches(Drawing).Select(arrow => $"{Names[arrow.Groups["from"].Value]} --> {Names[arrow.Groups["to"].Value]}").Order());

    // One that is chosen at build time is no arrow.
    private static IEnumerable<string> ReferencesOf(string project) => XDocument.Load(Path.Combine(Repository.Root, project))
        .Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value)
        .Where(path => !path.Contains("$(", StringComparison.Ordinal)).Select(NameOf);

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    [GeneratedRegex("```mermaid\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("(?<id>\\w+)\\[\"(?<name>[^\"]+)\"\\]")]
    private static partial Regex Node();

    [GeneratedRegex("(?<from>\\w+)(?:\\[\"[^\"]+\"\\])? --> (?<to>\\w+)")]
    private static partial Regex Arrow();

    [GeneratedRegex("\"(?<path>[^\"]+\\.csproj)\"")]
    private static partial Regex ProjectFile();
}
