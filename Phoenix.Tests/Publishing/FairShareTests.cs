using Microsoft.Extensions.Time.Testing;
using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A silo gives up what is more than its share, slowly, and only to silos that stay.</summary>
public sealed class FairShareTests
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private int _silos = 2;

    private FairShare Share => field ??= new(() => _silos, After, _time);

    [Fact]
    public void more_than_a_share_is_given_up_one_by_one_when_it_has_lasted()
    {
        Assert.False(Share.Tell("a", 4, 4));
        _time.Advance(After);
        Assert.True(Share.Tell("a", 4, 4));
        Assert.False(Share.Tell("a", 4, 4));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(Share.Tell("a", 4, 3));
        _time.Advance(After);
        Assert.False(Share.Tell("a", 4, 2));
    }

    [Fact]
    public void a_silo_that_is_found_dead_before_is_no_reason()
    {
        Assert.False(Share.Tell("a", 4, 4));
        _time.Advance(After / 2);
        _silos = 1;
        Assert.False(Share.Tell("a", 4, 4));
        _silos = 2;
        _time.Advance(After / 2);
        Assert.False(Share.Tell("a", 4, 4));
    }

    [Fact]
    public void whole_publications_are_shared_too_and_the_odd_one_stays()
    {
        foreach (var name in new[] { "a", "b", "c" }) Share.Tell(name, 1, 1);
        _time.Advance(After);
        Assert.True(Share.Tell("a", 1, 1));
        _time.Advance(After);
        Assert.False(Share.Tell("a", 1, 0));
        Assert.False(Share.Tell("b", 1, 1));
    }

    [Fact]
    public void nothing_is_given_up_of_what_this_silo_does_not_publish()
    {
        Share.Tell("a", 3, 3);
        Share.Tell("b", 1, 0);
        _time.Advance(After);
        Assert.False(Share.Tell("b", 1, 0));
        Assert.True(Share.Tell("a", 3, 3));
    }
}
