using Microsoft.Extensions.DependencyInjection;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>One silo sweeps; when it goes another takes over, and what fell due meanwhile is delivered.</summary>
[Trait("Category", "Servers")]
public sealed class SweeperTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly AlarmSilo _first = new(postgres);

    public ValueTask InitializeAsync() => _first.InitializeAsync();

    [Fact]
    public async Task one_of_two_silos_sweeps_and_the_other_takes_over_when_it_is_gone()
    {
        await using var second = await _first.StartAsync(_first.Database);
        var watches = new[] { _first.Services, second.Services }.Select(services => services.GetRequiredService<DueWatch>()).ToList();
        await Eventually.TrueAsync("one sweeps", () => watches.Count(watch => watch.State.Sweeping) == 1);
        Assert.True(watches[0].State.Sweeping);
        var alarm = AlarmSilo.Of(second, "a");
        await alarm.Execute(new SetAlarm("a", 3600, "taken over"));

        // Cut off, not stopped: it cannot give its lease back.
        _first.Proxy.RefuseNew();
        _first.Proxy.CutAll();
        await _first.ComeAsync(alarm);
        await AlarmSilo.RingsAsync(alarm, "taken over");
        Assert.True(watches[1].State.Sweeping);
        await Eventually.TrueAsync("the first knows that it is late", () => watches[0].State.LastSweep > TimeSpan.FromSeconds(1));
        _first.Proxy.Pass();
        await Eventually.TrueAsync("the first stands by", () => !watches[0].State.Sweeping && watches[0].State.LastSweep < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task a_silo_that_stops_gives_its_lease_back()
    {
        await using (var second = await _first.StartAsync(_first.Database, due => due.LeaseTime = TimeSpan.FromHours(1)))
        {
            _first.Proxy.RefuseNew();
            _first.Proxy.CutAll();
            await Eventually.TrueAsync("the second sweeps", () => second.Services.GetRequiredService<DueWatch>().State.Sweeping);
            _first.Proxy.Pass();
        }

        await Eventually.TrueAsync("the first sweeps again", () => _first.Services.GetRequiredService<DueWatch>().State.Sweeping);
    }

    [Fact]
    public async Task what_fell_due_while_no_silo_ran_is_delivered_once_when_one_runs_again()
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var gone = await _first.StartAsync(database))
        {
            foreach (var name in (string[])["a", "b", "c"]) await AlarmSilo.Of(gone, "x").Execute(new SetAlarm(name, 3600, name));
            await AlarmSilo.Of(gone, "x").Execute(new RepeatAlarm("d", 3600, "d"));
        }

        await Sql.ExecuteAsync(database, "update phoenix.phoenix_due set due = now() - interval '1 day' + length(name) * interval '1 s', scheduled = now() - interval '1 day'");
        await using var back = await _first.StartAsync(database);
        var alarm = AlarmSilo.Of(back, "x");
        await Eventually.TrueAsync("all rang", async () => (await AlarmSilo.RingsOf(alarm)).Order().SequenceEqual(["a", "b", "c", "d"]));
        Assert.Equal("d", await Sql.ScalarAsync(database, "select string_agg(name, ',') from phoenix.phoenix_due"));
    }

    [Fact]
    public async Task many_that_are_due_at_once_are_all_delivered_once_in_bounded_numbers()
    {
        const int Alarms = 2_000;
        await Sql.ExecuteAsync(_first.Database, $"""
            insert into phoenix.phoenix_due (owner, name, due, payload, generation, kind, target, command)
            select 'tests.alarm/m-' || n, 'a', now(), '{"{\"text\":\"x\"}"}', gen_random_uuid(), 1, 'tests.alarm/m-' || n, 'tests.ring' from generate_series(1, {Alarms}) n
            """);
        await Eventually.TrueAsync("all are delivered", async () => await Sql.CountAsync(_first.Database, "phoenix.phoenix_due") == 0);
        Assert.Equal($"{Alarms}|{Alarms}", await Sql.ScalarAsync(_first.Database, "select count(*) || '|' || count(distinct stream_id) from phoenix.mt_events where type = 'tests.rang'"));
        await _first.ConsistentAsync();
    }

    /// <summary>No time of the silo's is used: one whose clock is an hour off delivers at the same moment.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task a_silo_whose_clock_is_an_hour_off_delivers_at_the_databases_time(int hours)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var off = await _first.StartAsync(database, time: new OffClock(TimeSpan.FromHours(hours)));
        var alarm = AlarmSilo.Of(off, "x");
        await alarm.Execute(new SetAlarm("later", 1800, "too early"));
        await alarm.Execute(new SetAlarm("soon", 0.3, "on time"));

        await AlarmSilo.RingsAsync(alarm, "on time");
        Assert.Equal("t|t", await Sql.ScalarAsync(database, """
            select concat_ws('|', (select recorded_at - min(recorded_at) over () >= interval '300 ms' from phoenix.phoenix_ledger order by recorded_at desc limit 1),
                (select due between now() + interval '20 min' and now() + interval '30 min' from phoenix.phoenix_due))
            """));
    }

    public ValueTask DisposeAsync() => _first.DisposeAsync();

    /// <summary>A transaction that is never woken again would never end (guarantee 9).</summary>
    [Fact]
    public async Task the_timer_that_wakes_a_transaction_is_never_given_up_and_another_is()
    {
        var id = Guid.NewGuid().ToString("N");
        await Sql.ExecuteAsync(_first.Database, $"""
            insert into phoenix.phoenix_due (owner, name, due, payload, generation, kind, target, command)
            select kind || '/{id}', 'wake', now(), '{"{}"}', gen_random_uuid(), 1, kind || '/{id}', 'no.such-command'
            from unnest(array['shop.transfer', 'tests.alarm']) kind
            """);
        await Eventually.TrueAsync("the alarm's is a dead letter", async () =>
            (await _first.Queue.ListAsync(DuePlace.First, 10, owner: $"tests.alarm/{id}")) is [{ DeadSince: not null, Attempts: 4 }]);
        await Eventually.TrueAsync("the transfer's is tried on", async () =>
            (await _first.Queue.ListAsync(DuePlace.First, 10, owner: $"shop.transfer/{id}")) is [{ DeadSince: null, Attempts: > 5 }]);
        await _first.Queue.CancelAsync($"shop.transfer/{id}", "wake");
        await _first.Queue.CancelAsync($"tests.alarm/{id}", "wake");
    }
}
