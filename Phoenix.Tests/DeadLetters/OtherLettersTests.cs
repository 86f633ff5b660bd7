using System.Text;
using Phoenix.Tests.Due;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Transactions;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>What is a dead letter in the database only stands in the same list, and the same verbs do what is right for it.</summary>
[Trait("Category", "Servers")]
public sealed class OtherLettersTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly AlarmSilo _silo = new(postgres);

    private IDeadLettersGrain Letters => _silo.Grains.GetGrain<IDeadLettersGrain>(0);

    public ValueTask InitializeAsync() => _silo.InitializeAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task a_dead_timer_is_listed_with_its_command_and_delivered_when_it_is_replayed()
    {
        var alarm = await DeadTimerAsync();
        var entry = Assert.Single((await Letters.List(new() { Kind = "timer" })).Letters);
        Assert.Equal(("timer", "tests.alarm", alarm.GetPrimaryKeyString(), "handler-failed", "open"),
            (entry.Kind, entry.Name, entry.Key, entry.Reason, entry.State));
        Assert.Null(entry.Origin);
        Assert.Equal("""{"text":"fail"}""", Encoding.UTF8.GetString((await Letters.Find(entry.Id))!.Body!));

        await MendAsync();
        await Letters.Replay(entry.Id, new("mended", "ann"));
        await AlarmSilo.RingsAsync(alarm, "mended");
        Assert.Empty((await Letters.List(new())).Letters);
        Assert.Null(await Letters.Find(entry.Id));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Replay(entry.Id, new("again")));
        var audit = Assert.Single((await Letters.Audit()).Entries);
        Assert.Equal(("ann", "replay", entry.Id, 1, "mended"), (audit.Principal, audit.Verb, audit.Subject, audit.Letters, audit.Reason));
    }

    [Fact]
    public async Task a_discarded_timer_is_gone_and_the_audit_has_what_it_asked_for()
    {
        var alarm = await DeadTimerAsync();
        var entry = Assert.Single((await Letters.List(new())).Letters);
        await Letters.Discard(entry.Id, new("nobody waits for it"));
        Assert.Equal(0, await Letters.Count(new() { State = "all" }));
        await _silo.NoRowsAsync(alarm);
        var audit = Assert.Single((await Letters.Audit()).Entries);
        Assert.Equal($$"""tests.ring to {{AlarmSilo.StreamOf(alarm)}}: {"text":"fail"}""", audit.Detail);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Discard(entry.Id, new("again")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Replay(entry.Id, new("or do they?")));
    }

    [Fact]
    public async Task one_that_was_set_anew_is_another_and_is_not_touched()
    {
        var alarm = await DeadTimerAsync();
        var entry = Assert.Single((await Letters.List(new())).Letters);
        await alarm.Execute(new SetAlarm("a", 3600, "new"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Discard(entry.Id, new("the old one")));
        Assert.Single(await _silo.RowsAsync(alarm));
    }

    [Fact]
    public async Task many_timers_and_sends_are_replayed_in_pages_and_each_has_one_effect()
    {
        const int Many = 1_200;
        await Sql.ExecuteAsync(_silo.Database, $"""
            insert into phoenix.phoenix_due (owner, name, due, payload, generation, kind, target, command, dead_since, last_error)
            select 'tests.alarm/m-' || n, 'a', 'infinity', '{"{\"text\":\"x\"}"}', gen_random_uuid(), 1 + n % 2, 'tests.alarm/m-' || n,
                case n % 2 when 0 then 'tests.ring' else 'tests.hear' end, now() - interval '1 h', case n % 3 when 0 then 'other' else 'handler-failed' end
            from generate_series(1, {Many}) n
            """);
        LetterFilter failed = new() { Reason = "handler-failed" };
        Assert.Equal(Many / 3 * 2, await Letters.Count(failed));
        Assert.Equal(Many / 3, await Letters.Count(failed with { Kind = "send" }));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Letters.ReplayMany(failed, (Many / 3 * 2) - 1, new("mended")));
        Assert.Contains("800 letters would be replayed, and at most 799 may", error.Message, StringComparison.Ordinal);

        var id = await Letters.ReplayMany(failed, Many, new("mended", "ann"));
        await Eventually.TrueAsync("the replay has ended", async () => await Letters.Replays(
            id) is [{ State: "replayed", Replayed: Many / 3 * 2, Skipped: 0 }]);
        await Eventually.TrueAsync("all are delivered", async () => await Sql.CountAsync(
            _silo.Database, "phoenix.phoenix_due") == Many / 3);
        Assert.Equal($"{Many / 3 * 2}|{Many / 3 * 2}", await Sql.ScalarAsync(
            _silo.Database, "select count(*) || '|' || count(distinct stream_id) from phoenix.mt_events where type = 'tests.rang'"));
        Assert.Equal(Many / 3, await Letters.Count(new()));
        Assert.Equal(["replayed ", "replay-many ann"], (await Letters.Audit()).Entries.Select(entry => $"{entry.Verb} {entry.Principal}"));
        await _silo.ConsistentAsync();
    }

    [Fact]
    public async Task many_timers_and_sends_are_discarded_and_the_audit_has_what_each_asked_for()
    {
        const int Many = 700;
        await Sql.ExecuteAsync(_silo.Database, $"""
            insert into phoenix.phoenix_due (owner, name, due, payload, generation, kind, target, command, dead_since, last_error)
            select 'tests.alarm/m-' || n, 'a', 'infinity', '{"{\"text\":\"x\"}"}', gen_random_uuid(), 1 + n % 2, 'tests.alarm/m-' || n,
                case n % 2 when 0 then 'tests.ring' else 'tests.hear' end, now() - interval '1 h',
                case n % 7 when 0 then 'other' else 'handler-failed' end
            from generate_series(1, {Many}) n
            """);
        LetterFilter failed = new() { Reason = "handler-failed" };
        var id = await Letters.DiscardMany(failed, Many, new("of a test", "ann"));
        await Eventually.TrueAsync("the discard has ended", async () => await Letters.Replays(
            id) is [{ State: "discarded", Replayed: Many / 7 * 6, Skipped: 0 }]);
        Assert.Equal(Many / 7, await Sql.CountAsync(_silo.Database, "phoenix.phoenix_due"));
        Assert.Equal(Many / 7, await Letters.Count(new()));
        var audit = await Sql.ScalarAsync(_silo.Database, """
            select concat_ws('|', count(*), min(subject), min(detail) filter (where subject like '%/m-1'), min(principal), min(reason))
            from phoenix.phoenix_letter_audit where verb = 'discard'
            """);
        Assert.Equal(
            $"{Many / 7 * 6}|{id}: a of tests.alarm/m-1|tests.hear to tests.alarm/m-1: {{\"text\":\"x\"}}|ann|of a test", audit);
    }

    [Fact]
    public async Task a_transaction_that_needs_attention_is_listed_resumed_and_not_discarded()
    {
        foreach (var account in (string[])["a", "b"]) await _silo.Grains.GetGrain<IAccountGrain>(account)
            .Execute(new OpenAccount("Ann", 5));
        var errand = _silo.Grains.GetGrain<IErrandGrain>("e/1");
        await errand.Execute(new RunErrand("throws"));
        await Eventually.TrueAsync("it is listed", async () => await Letters.Count(new() { Kind = "transaction" }) == 1);
        var entry = Assert.Single((await Letters.List(new())).Letters);
        Assert.Equal(("transaction", "e/1", TransactionCodes.DefinitionFailed), (entry.Kind, entry.Key, entry.Reason));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Discard(entry.Id, new("away")));

        // Resumed, it throws again and is another letter of the same transaction.
        await Letters.Replay(entry.Id, new("try it"));
        await Eventually.TrueAsync("it needs attention again", async () => (await Letters.List(new())).Letters is [var again]
            && again.Id != entry.Id);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Replay(entry.Id, new("the old one")));
        await errand.TurnBack("Enough.");
        await errand.Resume();
        await Eventually.TrueAsync("it is not listed any more", async () => await Letters.Count(new()) == 0);
    }

    [Fact]
    public async Task an_event_that_cannot_be_published_is_listed_with_its_content_and_not_discarded()
    {
        var alarm = _silo.New();
        await alarm.Execute(new SetAlarm("a", 3600));
        await Sql.ExecuteAsync(_silo.Database, $"""
            insert into phoenix.phoenix_publication_parked (publication, stream, sequence, version, type, reason, since)
            select 'tests.all', stream_id, seq_id, version, type, 'Not today.', now() from phoenix.mt_events where stream_id = '{AlarmSilo.StreamOf(alarm)}'
            """);
        var entry = Assert.Single((await Letters.List(new() { Name = "tests.all", Key = alarm.GetPrimaryKeyString() })).Letters);
        Assert.Equal(("publication", "parked", "Not today.", AlarmSilo.StreamOf(alarm)),
            (entry.Kind, entry.Reason, entry.Message, entry.Target));
        Assert.Equal("{}", Encoding.UTF8.GetString((await Letters.Find(entry.Id))!.Body!));
        Assert.Contains("published or waits", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => Letters.Discard(entry.Id, new("away")))).Message, StringComparison.Ordinal);
    }

    private async Task<IAlarmGrain> DeadTimerAsync()
    {
        var alarm = _silo.New();
        await alarm.Execute(new SetAlarm("a", 0, "fail"));
        await Eventually.TrueAsync("it is a dead letter", async () => (await _silo.RowsAsync(alarm)) is [{ DeadSince: not null }]);
        return alarm;
    }

    private Task MendAsync() =>
        Sql.ExecuteAsync(_silo.Database, "update phoenix.phoenix_due set payload = replace(payload, 'fail', 'mended')");
}
