using System.Text.RegularExpressions;
using Xunit;

namespace Phoenix.Tests.Rooms;

/// <summary>
/// The folders of <c>Phoenix.Grains</c> need each other one way only. Hosting composes them all, so what needs what there is no arrow.
/// </summary>
public sealed partial class GrainRoomsTests
{
    private static readonly string Grains = Path.Combine(Repository.Root, "Phoenix.Grains");

    private static readonly Dictionary<string, HashSet<string>> Arrows = Rooms().ToDictionary(room => room, NeedsOf);

    [Fact]
    public void there_is_no_circle() =>
        Assert.Empty(Arrows.Keys.Where(room => Reached(room).Contains(room)).Select(room => $"{room} needs, by way of others, itself: {string.Join(", ", Reached(room).Order())}"));

    [Fact]
    public void deciding_knows_none_of_the_others() => Assert.Empty(Arrows["Deciding"]);

    [Fact]
    public void aggregates_and_intake_decide_by_it()
    {
        Assert.Contains("Deciding", Arrows["Aggregates"]);
        Assert.Contains("Deciding", Arrows["Intake"]);
    }

    private static HashSet<string> Reached(string from)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(Arrows[from]);
        while (open.TryPop(out var room))
        {
            if (!reached.Add(room)) continue;
            foreach (var next in Arrows[room]) open.Push(next);
        }

        return reached;
    }

    // Health and Publishing compose in their own folders.
    private static string[] Rooms() => ["Deciding", "Aggregates", "Intake", "Due", "Coordination"];

    // Unused usings do not compile here, so the usings are what a file needs.
    private static HashSet<string> NeedsOf(string room) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Grains, room), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Names().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(name => name != room && Rooms().Contains(name)),
    ];

    [GeneratedRegex(@"\bPhoenix\.(\w+)[;.]")]
    private static partial Regex Names();
}
