using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Phoenix.Tests.Rooms;

/// <summary>
/// The folders of a project need each other one way only. What stands beside the project file is the project's front, and a folder Hosting
/// composes the others: what these need is no arrow.
/// </summary>
public sealed partial class RoomsTests
{
    // A test takes whatever it tests.
    private static readonly string[] Left = ["Phoenix.Tests"];

    // Circles that are known, each with the reason why it stands.
    private static readonly Dictionary<string, string[]> Known = new()
    {
        // One language, spoken by users' rules. A decision puts its aggregate behind a tag of a subscription, whose type it names, and a
        // command's context says who waits for the end of its transaction; subscriptions and transactions are made of commands.
        ["Phoenix.Grains.Interfaces"] = ["Model, Subscribing, Transactions"],
    };

    // All that this process has been built with; read once for all projects.
    private static readonly Lazy<IReadOnlyList<PortableExecutableReference>> Assemblies = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ]);

    public static TheoryData<string> Projects =>
    [
        .. ProjectFile().Matches(File.ReadAllText(Path.Combine(Repository.Root, "PhoenixOrleans.sln")))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'))
            .Where(path => !Left.Contains(Path.GetFileNameWithoutExtension(path))),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void there_is_no_circle_of_folders(string project)
    {
        var rooms = RoomsOf(project);
        var known = Known.GetValueOrDefault(Path.GetFileNameWithoutExtension(project), []);
        var circles = rooms.Circles();
        Assert.Empty(circles.Where(circle => !known.Contains(string.Join(", ", circle))).SelectMany(rooms.Because));
        // One that was broken is not left to come back.
        Assert.Equal(known.Length, circles.Count);
    }

    [Fact]
    public void deciding_knows_none_of_the_other_rooms_of_grains_and_aggregates_and_intake_decide_by_it()
    {
        var arrows = RoomsOf("Phoenix.Grains/Phoenix.Grains.csproj").Arrows;
        Assert.Empty(arrows["Deciding"].Intersect(["Aggregates", "Intake", "Due", "Coordination", "Publishing", "Subscribing"]));
        Assert.Contains("Deciding", arrows["Aggregates"]);
        Assert.Contains("Deciding", arrows["Intake"]);
    }

    private static ProjectRooms RoomsOf(string project) => ProjectRooms.Of(Path.Combine(Repository.Root, project), Assemblies.Value);

    [GeneratedRegex("\"(?<path>[^\"]+\\.csproj)\"")]
    private static partial Regex ProjectFile();
}
