using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>Timers: one effect each, at their time or as soon as can be, and none that was cancelled.</summary>
[Trait("Category", "Servers")]
public sealed class TimerTests(AlarmSilo silo) : IClassFixture<AlarmSilo>
{
    [Fact]
    public async Task a_timer_comes_once_at_its_time_and_is_gone()
    {
        var alarm = silo.New();
        await alarm.Execute(new SetAlarm("a", 0.2, "wake up"), new() { CorrelationId = "morning" });
        await alarm.Execute(new SetAlarm("b", 3600, "much later"));

        await AlarmSilo.RingsAsync(alarm, "wake up");
        Assert.Equal("b", Assert.Single(await silo.RowsAsync(alarm)).Reference.Name);
        Assert.Equal("timer|tests.ring|morning|t", await Sql.ScalarAsync(silo.Database, $"""
            select concat_ws('|', source, command, correlation_id, recorded_at >= (select min(recorded_at) + interval '200 ms' from phoenix.phoenix_ledger where stream = l.stream))
            from phoenix.phoenix_ledger l join phoenix.mt_events on stream_id = stream and version = version_after where stream = '{AlarmSilo.StreamOf(alarm)}' and command = 'tests.ring'
            """));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_timer_of_the_same_name_takes_the_place_of_the_first_and_a_cancelled_one_never_comes()
    {
        var alarm = silo.New();
        await alarm.Execute(new SetAlarm("a", 3600, "first"));
        await alarm.Execute(new SetAlarm("a", 3600, "second"));
        await alarm.Execute(new SetAlarm("b", 0.3, "cancelled"));
        await alarm.Execute(new StopAlarm("b"));
        await alarm.Execute(new StopAlarm("never-was"));
        await silo.ComeAsync(alarm);

        await AlarmSilo.RingsAsync(alarm, "second");
        var marker = silo.New();
        await marker.Execute(new SetAlarm("a", 0.5, "after the cancelled one"));
        await AlarmSilo.RingsAsync(marker, "after the cancelled one");
        Assert.Equal(["second"], await AlarmSilo.RingsOf(alarm));
    }

    [Fact]
    public async Task a_timer_set_by_what_stores_nothing_else_comes_too_and_the_past_is_now()
    {
        var alarm = silo.New();
        await alarm.Execute(new SetAlarmAt("a", DateTimeOffset.UtcNow.AddYears(-5), "long ago"));
        await AlarmSilo.RingsAsync(alarm, "long ago");
    }

    [Fact]
    public async Task one_that_repeats_comes_once_for_all_that_was_missed_and_goes_on_until_it_is_cancelled()
    {
        var alarm = silo.New();
        await alarm.Execute(new RepeatAlarm("a", 3600, "tick"));
        await silo.ComeAsync(alarm, "10 days");
        await AlarmSilo.RingsAsync(alarm, "tick");
        var row = Assert.Single(await silo.RowsAsync(alarm));
        Assert.Equal(1, row.Reference.Occurrence);
        Assert.InRange(row.Due, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1));

        await silo.ComeAsync(alarm);
        await AlarmSilo.RingsAsync(alarm, "tick", "tick");
        await alarm.Execute(new StopAlarm("a"));
        Assert.Empty(await silo.RowsAsync(alarm));
        await silo.ConsistentAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_timer_whose_command_is_rejected_is_over_and_the_rejection_recorded(bool repeats)
    {
        var alarm = silo.New();
        if (repeats) await alarm.Execute(new RepeatAlarm("a", 3600, "reject"));
        else await alarm.Execute(new SetAlarm("a", 3600, "reject"));
        await silo.ComeAsync(alarm);

        await silo.NoRowsAsync(alarm);
        Assert.Equal("2|not-now", await Sql.ScalarAsync(silo.Database,
            $"select outcome || '|' || code from phoenix.phoenix_ledger where stream = '{AlarmSilo.StreamOf(alarm)}' and command = 'tests.ring'"));
    }

    [Fact]
    public async Task a_timer_whose_handler_fails_becomes_a_dead_letter_delays_no_other_and_is_delivered_when_asked_for()
    {
        var (broken, sound) = (silo.New(), silo.New());
        await broken.Execute(new SetAlarm("a", 0, "fail"));
        await sound.Execute(new SetAlarm("a", 0, "sound"));
        await AlarmSilo.RingsAsync(sound, "sound");

        await Eventually.TrueAsync("it is a dead letter", async () => (await silo.RowsAsync(broken)) is [{ DeadSince: not null }]);
        var dead = Assert.Single(await silo.RowsAsync(broken));
        Assert.Equal((4, "handler-failed"), (dead.Attempts, dead.LastError));
        Assert.Empty(await AlarmSilo.RingsOf(broken));

        await Sql.ExecuteAsync(silo.Database, $"update phoenix.phoenix_due set payload = replace(payload, 'fail', 'mended') where owner = '{AlarmSilo.StreamOf(broken)}'");
        Assert.True(await silo.Queue.AgainAsync(dead.Owner, dead.Reference.Name));
        await AlarmSilo.RingsAsync(broken, "mended");
        await silo.NoRowsAsync(broken);
    }

    /// <summary>
    /// The timer's handler is under way when the cancellation comes behind it, and the other way round: what was first in the aggregate's
    /// order counts.
    /// </summary>
    [Fact]
    public async Task a_cancellation_behind_a_delivery_under_way_comes_after_it_and_one_before_it_ends_it()
    {
        var alarm = silo.New();
        var gate = silo.Hindrances.Gate("slow", out var reached);
        await alarm.Execute(new SetAlarm("a", 0, "slow"));
        await reached;
        var stop = alarm.Execute(new StopAlarm("a"));
        gate.SetResult();
        Assert.Equal(1, (await stop).Reply<int>());
        Assert.Equal(["slow"], await AlarmSilo.RingsOf(alarm));

        var next = silo.New();
        gate = silo.Hindrances.Gate("first", out reached);
        await next.Execute(new SetAlarm("b", 3600, "late"));
        var first = next.Execute(new Ring("first"));
        await reached;
        // In one batch behind a handler that waits: cancelled, and then due.
        stop = next.Execute(new StopAlarm("b"));
        await silo.ComeAsync(next);
        await Eventually.TrueAsync("the delivery waits behind it", async () => await IsUnderWayAsync());
        gate.SetResult();
        Assert.True((await first).IsAccepted && (await stop).IsAccepted);
        await silo.NoRowsAsync(next);
        Assert.Equal(["first"], await AlarmSilo.RingsOf(next));
        await silo.ConsistentAsync();

        Task<bool> IsUnderWayAsync() => Task.FromResult(((Phoenix.Due.DueWatch)silo.Services.GetService(typeof(Phoenix.Due.DueWatch))!).State.Open > 0);
    }

    [Fact]
    public async Task a_delivery_that_storage_says_is_cancelled_has_no_effect_and_those_beside_it_do()
    {
        var alarm = silo.New();
        var gate = silo.Hindrances.Gate("waits", out var reached);
        await alarm.Execute(new SetAlarm("a", 0, "waits"));
        await reached;
        // By other hands, while the handler decides: the aggregate knows nothing of it.
        Assert.True(await silo.Queue.CancelAsync(AlarmSilo.StreamOf(alarm), "a"));
        var beside = alarm.Execute(new Ring("beside"));
        gate.SetResult();
        Assert.True((await beside).IsAccepted);
        Assert.Equal(["beside"], await AlarmSilo.RingsOf(alarm));
        await silo.ConsistentAsync();
    }

    [Theory]
    [InlineData("another's command", "no command of 'tests.alarm'")]
    [InlineData("another's to be told", "no command of 'tests.alarm'")]
    [InlineData("no name", "threw")]
    [InlineData("no id", "threw")]
    [InlineData("rejection", "threw")]
    [InlineData("too often", "threw")]
    [InlineData("no tag", "threw")]
    [InlineData("nobody's tag", "which no subscription of this host is")]
    public async Task what_cannot_be_fails_the_command_and_stores_nothing(string way, string reason)
    {
        var alarm = silo.New();
        var error = await Assert.ThrowsAsync<CommandFailedException>(() => alarm.Execute(new SetWrongly(way)));
        Assert.Equal(ErrorCodes.HandlerFailed, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Empty(await silo.RowsAsync(alarm));
        Assert.True((await alarm.Execute(new Ring("still works"))).VersionBefore == 0);
    }

    [Fact]
    public async Task storage_that_is_away_at_the_due_time_costs_time_and_nothing_else()
    {
        var alarm = silo.New();
        await alarm.Execute(new SetAlarm("a", 1, "after the outage"));
        silo.Proxy.RefuseNew();
        silo.Proxy.CutAll();
        await Eventually.TrueAsync("its time has passed", async () => await Sql.ScalarAsync(silo.Database,
            $"select due < now() - interval '1 s' from phoenix.phoenix_due where owner = '{AlarmSilo.StreamOf(alarm)}'") is true);
        silo.Proxy.Pass();

        await AlarmSilo.RingsAsync(alarm, "after the outage");
        await silo.NoRowsAsync(alarm);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_lost_commit_reply_of_a_delivery_is_one_effect()
    {
        var alarm = silo.New();
        var gate = silo.Hindrances.Gate("lost reply", out var reached);
        await alarm.Execute(new SetAlarm("a", 0, "lost reply"));
        await reached;
        var fault = silo.Proxy.SwallowNextCommitReply();
        gate.SetResult();
        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await AlarmSilo.RingsAsync(alarm, "lost reply");
        await silo.NoRowsAsync(alarm);
        Assert.Equal(["lost reply"], await AlarmSilo.RingsOf(alarm));
        await silo.ConsistentAsync();
    }
}
