using Microsoft.Extensions.Time.Testing;
using Phoenix.EventStore.Projecting;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>A replay works its share of the time while commands are stored, and all of the time while none are.</summary>
public sealed class ReplayPaceTests
{
    private const int Step = ReplayPace.Step;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void without_commands_the_next_step_is_given_before_the_one_before_has_ended()
    {
        var pace = new ReplayPace(0.5, _time);
        Assert.Equal(Step, pace.Next(10 * Step, 0));
        Assert.Equal(Step, pace.Next(10 * Step, (Step / 2) - 1));
        Assert.Equal(2 * Step, pace.Next(10 * Step, Step / 2));
    }

    [Fact]
    public void with_commands_it_rests_as_long_as_it_worked_when_its_share_is_half()
    {
        var pace = new ReplayPace(0.5, _time);
        Assert.Equal(Step, pace.Next(10 * Step, 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        // More was stored since the step began.
        Assert.Equal(Step, pace.Next((10 * Step) + 5, Step - 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Step, pace.Next((10 * Step) + 9, Step));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(Step, pace.Next((10 * Step) + 20, Step));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2 * Step, pace.Next((10 * Step) + 21, Step));
    }

    [Fact]
    public void a_share_of_one_never_rests()
    {
        var pace = new ReplayPace(1, _time);
        pace.Next(10 * Step, 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2 * Step, pace.Next((10 * Step) + 5, Step));
    }

    [Fact]
    public void it_goes_on_where_another_has_ended_and_never_past_what_is_safe()
    {
        var pace = new ReplayPace(0.5, _time);
        Assert.Equal((3 * Step) + 7, pace.Next(4 * Step, (2 * Step) + 7));
        Assert.Equal(4 * Step, pace.Next(4 * Step, (3 * Step) + 7));
        Assert.Equal(4 * Step, pace.Next(4 * Step, 4 * Step));
    }

    [Fact]
    public void once_it_follows_the_log_it_goes_as_far_as_that()
    {
        var pace = new ReplayPace(0.05, _time);
        pace.Next(10 * Step, 0);
        pace.Off();
        Assert.True(pace.IsOff);
        Assert.Equal((10 * Step) + 3, pace.Next((10 * Step) + 3, 0));
    }
}
