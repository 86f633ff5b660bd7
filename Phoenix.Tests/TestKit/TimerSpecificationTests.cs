using Phoenix.TestKit;
using Phoenix.Tests.Due;
using Phoenix.Tests.Engine;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>What the test kit says of timers and sends, and what it does when time passes.</summary>
public sealed class TimerSpecificationTests
{
    private static readonly AggregateSpecification<Alarm> Alarm = AggregateSpecification.For<Alarm>().With<IHindrance>(new Hindrances());

    [Fact]
    public void what_follows_is_told() => Alarm
        .When(new SetAlarm("a", 60, "wake up")).ThenTimer("a", TimeSpan.FromMinutes(1), new Ring("wake up"))
        .When(new SetAlarmAt("b", new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), "then")).ThenTimer("b", new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), new Ring("then"))
        .When(new RepeatAlarm("c", 60, "again")).ThenEvery("c", TimeSpan.FromMinutes(1), new Ring("again"))
        .When(new StopAlarm("c")).ThenCancelled("c")
        .When(new Tell("other", "hello")).ThenSent("other", new Hear("hello"))
        .When(new Ring("now")).ThenNothingFollows();

    [Fact]
    public void time_that_passes_delivers_each_timer_at_its_time() => Alarm
        .When(new SetAlarm("late", 90, "late"))
        .When(new SetAlarm("early", 30, "first"))
        .When(new SetAlarm("early", 30, "early"))
        .When(new SetAlarm("gone", 60, "gone"))
        .When(new StopAlarm("gone"))
        .When(new RepeatAlarm("tick", 40, "tick"))
        .Advance(TimeSpan.FromSeconds(29)).ThenState(alarm => alarm.Rings.Count == 0)
        .Advance(TimeSpan.FromSeconds(61)).ThenState(alarm => string.Join(' ', alarm.Rings) == "early tick tick late")
        .When(new StopAlarm("tick"))
        .Advance(TimeSpan.FromDays(1)).ThenState(alarm => alarm.Rings.Count == 4);

    [Fact]
    public void a_timer_whose_command_is_rejected_is_over_and_one_that_fails_is_told() 
    {
        var alarm = Alarm.When(new RepeatAlarm("a", 60, "reject")).Advance(TimeSpan.FromDays(1)).ThenState(state => state.Rings.Count == 0);
        var error = Assert.Throws<SpecificationException>(() => alarm.When(new SetAlarm("b", 60, "fail")).Advance(TimeSpan.FromDays(1)));
        Assert.Contains("the timer 'b' is delivered", error.Message, StringComparison.Ordinal);
        Assert.Contains("The bell is broken.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void what_does_not_follow_fails_and_tells_what_does()
    {
        var set = Alarm.When(new SetAlarm("a", 60, "wake up"));
        var error = Assert.Throws<SpecificationException>(() => set.ThenTimer("a", TimeSpan.FromMinutes(2), new Ring("wake up")));
        Assert.Contains("in 00:01:00 'a': tests.ring {\"text\":\"wake up\"}", error.Message, StringComparison.Ordinal);
        Assert.Throws<SpecificationException>(() => set.ThenTimer("a", TimeSpan.FromMinutes(1), new Ring("")));
        Assert.Throws<SpecificationException>(() => set.ThenCancelled("a"));
        Assert.Throws<SpecificationException>(() => set.ThenNothingFollows());
        Assert.Throws<SpecificationException>(() => Alarm.When(new Tell("other", "hello")).ThenSent("another", new Hear("hello")));
        Assert.Throws<SpecificationException>(() => Alarm.When(new SetWrongly("another's command")));
    }
}
