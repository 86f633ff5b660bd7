using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Values;

/// <summary>
/// Whatever is accepted can be read back, and live state is replayed state (guarantee 10): command, event, live query, restart, query.
/// </summary>
[Trait("Category", "Servers")]
public sealed class ShapeTests(ShapeRuns runs) : IClassFixture<ShapeRuns>
{
    public static TheoryData<string> Kept => [.. ShapeTable.Kept];

    public static TheoryData<string> Refused => [.. ShapeTable.Refused];

    [Theory, MemberData(nameof(Kept))]
    public void what_is_accepted_is_the_same_after_a_restart(string name)
    {
        var run = runs.Of(name);
        Assert.Equal(run.Live, run.Replayed);
        Assert.Equal(run.Live, run.FromSnapshot);
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task what_would_not_come_back_costs_its_command_and_nothing_else(string name)
    {
        var grain = runs.Grain($"refused {name}");
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => grain.Execute(new MakeShape(name)));
        Assert.Equal(ErrorCodes.HandlerFailed, failure.Code);
        var next = await grain.Execute(new MakeShape("true"));
        Assert.Equal((0, 1), (next.VersionBefore, next.VersionAfter));
    }
}
