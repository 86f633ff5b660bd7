using System.Reflection;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>
/// Code cites promises by number: whoever looks one up in <c>docs/guarantees.md</c> finds it, and the tests that hold it.
/// </summary>
public sealed class GuaranteePageTests
{
    private static readonly string[] Made = ["bin", "obj", ".git"];

    private static readonly List<string[]> TestClasses =
    [
        .. typeof(GuaranteePageTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.GetCustomAttributes().OfType<FactAttribute>().Any()))
            .Select(type => type.FullName!.Split('.')),
    ];

    [Fact]
    public void promises_are_numbered_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, GuaranteePage.Sections.Count), GuaranteePage.Sections.Keys);

    [Theory]
    [InlineData("*.cs", 50)]
    [InlineData("*.md", 1)]
    public void every_promise_that_is_cited_stands_on_the_page(string files, int atLeast)
    {
        var citations = Files(files)
            .SelectMany(file => GuaranteePage.CitedIn(File.ReadAllText(file)).Select(number => (file, number))).ToList();

        Assert.True(citations.Count >= atLeast, $"Only {citations.Count} citation(s) were found.");
        Assert.DoesNotContain(citations, citation => !GuaranteePage.Sections.ContainsKey(citation.number));
    }

    [Fact]
    public void every_promise_names_tests() =>
        Assert.All(GuaranteePage.Sections.Values, section => Assert.NotEmpty(GuaranteePage.TestsOf(section)));

    [Fact]
    public void every_test_that_is_named_is_one_class() =>
        Assert.All(GuaranteePage.Tests, name => Assert.Single(TestClasses, type => IsMeant(name.Split('.'), type)));

    [Fact]
    public void a_test_that_cites_a_promise_is_named_under_it()
    {
        var unnamed =
            from file in Files("*Tests.cs")
            let name = Path.GetFileNameWithoutExtension(file)
            where name != nameof(GuaranteePageTests)
            from number in GuaranteePage.CitedIn(File.ReadAllText(file)).Distinct()
            where !GuaranteePage.TestsOf(GuaranteePage.Sections[number]).Any(named => named.Split('.')[^1] == name)
            select $"{name} is missing under guarantee {number}";

        Assert.Empty(unnamed);
    }

    [Theory]
    [InlineData("/// By its place (guarantee 4).", new[] { 4 })]
    [InlineData("/// Guarantees 1 to 3 at the statement", new[] { 1, 2, 3 })]
    [InlineData("/// (guarantees 1, 6\n    /// and 7).", new[] { 1, 6, 7 })]
    [InlineData("// (guarantee\n// 10)", new[] { 10 })]
    [InlineData("no guarantee at all", new int[0])]
    public void a_citation_is_read_as_it_is_meant(string text, int[] numbers) => Assert.Equal(numbers, GuaranteePage.CitedIn(text));

    // Several classes have one name: a part of the namespace, such as in Client.HandOverTests, says which is meant.
    private static bool IsMeant(string[] name, string[] type) => type[^1] == name[^1] && name.All(type.Contains);

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Intersect(Made).Any());
}
