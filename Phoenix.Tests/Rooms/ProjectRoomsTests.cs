using Microsoft.CodeAnalysis;
using Xunit;

namespace Phoenix.Tests.Rooms;

/// <summary>The look at rooms is looked at.</summary>
public sealed class ProjectRoomsTests
{
    private static readonly PortableExecutableReference[] Nothing = [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)];

    [Fact]
    public void types_that_name_each_other_across_folders_are_a_circle()
    {
        using var folder = new TestFolder();
        var rooms = Of(folder, ("Kitchen/Cook.cs", "class Cook { Guest? For; }"),
            ("Hall/Guest.cs", "class Guest { static void Call() => new Cook(); }"));
        Assert.Equal(["Hall", "Kitchen"], Assert.Single(rooms.Circles()));
        Assert.Equal(["Hall -> Kitchen: Cook in Guest.cs", "Kitchen -> Hall: Guest in Cook.cs"], rooms.Because(["Hall", "Kitchen"]));
    }

    [Fact]
    public void a_circle_by_way_of_an_extension_and_of_a_third_folder_is_one()
    {
        using var folder = new TestFolder();
        Assert.Equal(["Cellar", "Hall", "Kitchen"], Assert.Single(Of(folder,
            ("Kitchen/Cook.cs", "class Cook { void Fill(int cups) => cups.Pour(); }"),
            ("Cellar/Bottles.cs", "static class Bottles { public static void Pour(this int cups) => Guest.Thank(); }"),
            ("Hall/Guest.cs", "class Guest { public static void Thank() { } Cook? By; }")).Circles()));
    }

    [Fact]
    public void a_member_of_the_same_name_is_no_arrow_and_neither_is_what_hosting_and_the_front_need()
    {
        using var folder = new TestFolder();
        Assert.Empty(Of(folder, ("Kitchen/Cook.cs", "class Cook { int Guest; int Twice() => Guest * 2; House? Where; Door? Through; }"),
            ("Hall/Guest.cs", "class Guest { Cook? By; }"), ("House.cs", "class House { Cook? Cook; }"),
            ("Hosting/Door.cs", "class Door { Cook? Cook; }")).Circles());
    }

    private static ProjectRooms Of(TestFolder folder, params IEnumerable<(string Path, string Code)> files)
    {
        foreach (var (path, code) in files)
        {
            var file = Path.Combine(folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, code);
        }

        return ProjectRooms.Of(Path.Combine(folder.Path, "House.csproj"), Nothing);
    }
}
