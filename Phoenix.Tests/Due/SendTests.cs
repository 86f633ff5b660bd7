using Microsoft.Extensions.DependencyInjection;
using Phoenix.Due;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>Commands that a decision sends: each has one effect, whoever delivers it and however often.</summary>
[Trait("Category", "Servers")]
public sealed class SendTests(AlarmSilo silo) : IClassFixture<AlarmSilo>
{
    [Fact]
    public async Task what_is_sent_comes_once_and_its_row_goes()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        await sender.Execute(new Tell(receiver.GetPrimaryKeyString(), "hello", Times: 3), new() { CorrelationId = "talk" });

        await AlarmSilo.RingsAsync(receiver, "hello", "hello", "hello");
        await silo.NoRowsAsync(sender);
        Assert.Equal($"send:{AlarmSilo.StreamOf(sender)}|talk|3", await Sql.ScalarAsync(silo.Database, $"""
            select concat_ws('|', min(source), min(correlation_id), count(distinct command_id)) from phoenix.phoenix_ledger join phoenix.mt_events on stream_id = stream and version = version_after
            where stream = '{AlarmSilo.StreamOf(receiver)}'
            """));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_repeated_command_sends_nothing_more()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        for (var time = 0; time < 3; time++) await sender.Execute(new Tell(receiver.GetPrimaryKeyString(), "once"), new() { CommandId = "same" });
        await silo.NoRowsAsync(sender);
        Assert.Equal(["once"], await AlarmSilo.RingsOf(receiver));
    }

    [Fact]
    public async Task a_rejection_by_the_receiver_ends_the_send()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        await sender.Execute(new Tell(receiver.GetPrimaryKeyString(), "reject"));
        await silo.NoRowsAsync(sender);
        Assert.Equal("deaf", await Sql.ScalarAsync(silo.Database, $"select code from phoenix.phoenix_ledger where stream = '{AlarmSilo.StreamOf(receiver)}'"));
    }

    [Fact]
    public async Task a_rejection_is_told_back_once_with_its_code_and_an_acceptance_is_not()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        await sender.Execute(new TellAndHear(receiver.GetPrimaryKeyString(), "hello"));
        await AlarmSilo.RingsAsync(receiver, "hello");
        await sender.Execute(new TellAndHear(receiver.GetPrimaryKeyString(), "reject"), new() { CorrelationId = "talk" });

        await AlarmSilo.RingsAsync(sender, "reject: deaf, I cannot hear you.");
        await silo.NoRowsAsync(sender);
        Assert.Equal($"rejected:{AlarmSilo.StreamOf(receiver)}|1", await Sql.ScalarAsync(silo.Database, $"""
            select concat_ws('|', min(source), count(*)) from phoenix.phoenix_ledger
            where stream = '{AlarmSilo.StreamOf(sender)}' and command = 'tests.hear-no'
            """));
    }

    /// <summary>The quick way hangs while it tells; the sweeper gets the recorded rejection and tells it too: one effect.</summary>
    [Fact]
    public async Task what_is_told_back_has_one_effect_however_often_the_send_is_delivered()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        var gate = silo.Hindrances.Gate("no to reject twice", out var reached);
        await sender.Execute(new TellAndHear(receiver.GetPrimaryKeyString(), "reject twice"));
        await reached;
        Assert.Single(await silo.RowsAsync(sender));
        await Eventually.TrueAsync("the sweeper delivers it too", () => silo.Services.GetRequiredService<DueWatch>().State.Open > 0);
        gate.SetResult();

        await silo.NoRowsAsync(sender);
        Assert.Equal(["reject twice: deaf, I cannot hear you."], await AlarmSilo.RingsOf(sender));
    }

    /// <summary>It stays until the sender has been told: a silo that died in between leaves it to the sweeper of another.</summary>
    [Fact]
    public async Task a_send_whose_rejection_could_not_be_told_is_visible_and_told_when_it_is_delivered_again()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        silo.Hindrances.Deed("no to reject in vain", () => throw new InvalidOperationException("I do not want to know."));
        await sender.Execute(new TellAndHear(receiver.GetPrimaryKeyString(), "reject in vain"));
        await Eventually.TrueAsync("it is a dead letter", async () => (await silo.RowsAsync(sender)) is [{ DeadSince: not null }]);
        Assert.Equal("tests.hear-no", (await silo.RowsAsync(sender))[0].IfRejected!.Command);

        silo.Hindrances.Deed("no to reject in vain", () => Task.CompletedTask);
        Assert.True(await silo.Queue.AgainAsync(AlarmSilo.StreamOf(sender), (await silo.RowsAsync(sender))[0].Reference.Name));
        await AlarmSilo.RingsAsync(sender, "reject in vain: deaf, I cannot hear you.");
        await silo.NoRowsAsync(sender);
    }

    [Fact]
    public async Task an_aggregate_may_send_to_itself_and_to_one_that_sends_back()
    {
        var alarm = silo.New();
        await alarm.Execute(new Tell(alarm.GetPrimaryKeyString(), "to myself"));
        await AlarmSilo.RingsAsync(alarm, "to myself");
    }

    /// <summary>The quick way is closed; only the sweeper is left, on a silo that did not commit the send.</summary>
    [Fact]
    public async Task what_the_committing_silo_lost_is_delivered_by_the_sweeper()
    {
        var (sender, receiver) = (silo.New(), silo.New());
        var gate = silo.Hindrances.Gate("slow to hear", out var reached);
        await sender.Execute(new Tell(receiver.GetPrimaryKeyString(), "slow to hear"));
        await reached;
        // The sweeper takes it for lost and delivers it beside the quick way: the same command.
        await Eventually.TrueAsync("the sweeper delivers it too", () => silo.Services.GetRequiredService<DueWatch>().State.Open > 0);
        gate.SetResult();
        await silo.NoRowsAsync(sender);
        Assert.Equal(["slow to hear"], await AlarmSilo.RingsOf(receiver));

        await Sql.ExecuteAsync(silo.Database, $"""
            insert into phoenix.phoenix_due (owner, name, due, payload, generation, kind, target, command)
            values ('{AlarmSilo.StreamOf(sender)}', '>lost', now(), '{"{\"text\":\"by the sweeper\"}"}', gen_random_uuid(), 2, '{AlarmSilo.StreamOf(receiver)}', 'tests.hear')
            """);
        await AlarmSilo.RingsAsync(receiver, "slow to hear", "by the sweeper");
        await silo.NoRowsAsync(sender);
    }
}
