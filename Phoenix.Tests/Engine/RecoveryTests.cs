using Phoenix.Messages;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Guarantees 2 and 10: what is read back, from the log and from the snapshots before it.</summary>
[Trait("Category", "Servers")]
public sealed class RecoveryTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    [Theory]
    [InlineData("update phoenix.mt_events set type = 'tests.unheard-of' where {0}", "tests.unheard-of")]
    [InlineData("update phoenix.mt_events set data = '{{\"amount\":\"much\"}}' where {0}", "tests.added")]
    [InlineData("update phoenix.mt_events set data = '{{\"amount\":2147483647}}' where {0}", "tests.added")]
    [InlineData("delete from phoenix.mt_events where {0}", "missing")]
    public async Task a_broken_event_parks_its_aggregate_alone_until_it_is_mended(string harm, string named)
    {
        var (counter, other) = (silo.New(), silo.New());
        for (var i = 0; i < 3; i++) await counter.Execute(new Add(1));
        var second = $"stream_id = '{CounterSilo.StreamOf(counter)}' and version = 2";
        await EventLog.ScalarAsync<int>(silo.Database, $"create table if not exists phoenix.kept as select * from phoenix.mt_events limit 0; delete from phoenix.kept; insert into phoenix.kept select * from phoenix.mt_events where {second}; select 1");
        await silo.ChangeAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, harm, second));
        await CounterSilo.ReactivateAsync(counter);

        var error = await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.Execute(new Add(1)));
        Assert.Contains(CounterSilo.StreamOf(counter), error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Matches("version [23]", error.Message);
        await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.Query(new GetTotal()));
        Assert.True((await other.Execute(new Add(1))).IsAccepted);

        await EventLog.ScalarAsync<int>(silo.Database, $"delete from phoenix.mt_events where {second}; insert into phoenix.mt_events select * from phoenix.kept; select 1");
        await Eventually.TrueAsync("the mended aggregate works again", async () => await TotalAsync(counter) == 3);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_stream_that_lost_its_last_event_is_broken_and_not_busy()
    {
        var counter = silo.New();
        for (var i = 0; i < 3; i++) await counter.Execute(new Add(1));
        await EventLog.ScalarAsync<int>(silo.Database, $"create table phoenix.last as select * from phoenix.mt_events where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 3; select 1");
        await silo.ChangeAsync($"delete from phoenix.mt_events where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 3");
        await CounterSilo.ReactivateAsync(counter);

        Assert.Contains("missing", (await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.Execute(new Add(1)))).Message, StringComparison.Ordinal);
        await EventLog.ScalarAsync<int>(silo.Database, "insert into phoenix.mt_events select * from phoenix.last; select 1");
        await Eventually.TrueAsync("the mended aggregate works again", async () => await TotalAsync(counter) == 3);
    }

    [Fact]
    public async Task a_snapshot_spares_the_events_before_it_and_another_format_does_not()
    {
        var counter = silo.New();
        for (var i = 0; i < 25; i++) await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 20);
        await silo.ChangeAsync($"update phoenix.mt_events set type = 'tests.unheard-of' where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 3");
        await CounterSilo.ReactivateAsync(counter);
        Assert.Equal(25, await counter.Query(new GetTotal(), linearizable: true));

        await silo.ChangeAsync($"update phoenix.phoenix_snapshots set fingerprint = 'older', taken_at = now() - interval '1 hour' where stream = '{CounterSilo.StreamOf(counter)}'");
        await CounterSilo.ReactivateAsync(counter);
        await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.Query(new GetTotal()));
        await silo.ChangeAsync($"update phoenix.mt_events set type = 'tests.added' where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 3");
        await Eventually.TrueAsync("the mended aggregate works again", async () => await TotalAsync(counter) == 25);

        for (var i = 0; i < 5; i++) await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 30);
        Assert.Equal(0, await silo.ScalarAsync<long>("select count(*) from phoenix.phoenix_snapshots where fingerprint = 'older'"));
    }

    [Theory]
    [InlineData("state = '\"no object\"'")]
    [InlineData("state = 'null'")]
    [InlineData("version = 1000")]
    [InlineData("format_version = 99")]
    public async Task an_unusable_snapshot_costs_a_replay_only(string harm)
    {
        var counter = silo.New();
        for (var i = 0; i < 12; i++) await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 10);
        await silo.ChangeAsync($"update phoenix.phoenix_snapshots set {harm} where stream = '{CounterSilo.StreamOf(counter)}'");
        await CounterSilo.ReactivateAsync(counter);

        Assert.Equal(13, (await counter.Execute(new Add(1))).Reply<int>());
    }

    [Fact]
    public async Task no_snapshot_is_ahead_of_the_log()
    {
        var counter = silo.New();
        for (var i = 0; i < 9; i++) await counter.Execute(new Add(1));
        var held = silo.Proxy.HoldNextCommit();
        var adding = Assert.ThrowsAsync<OutcomeUnknownException>(() => counter.Execute(new Add(1)));
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await adding;
        await held.AbortAsync();

        Assert.Equal(0, await silo.ScalarAsync<long>($"select count(*) from phoenix.phoenix_snapshots where stream = '{CounterSilo.StreamOf(counter)}'"));
        Assert.Equal(9, await counter.Query(new GetTotal(), linearizable: true));
        await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 10);
    }

    [Fact]
    public async Task a_state_that_cannot_be_written_stops_no_commit()
    {
        var counter = silo.New();
        await counter.Execute(new Err(Error.MakeStateUnwritable));
        for (var i = 0; i < 12; i++) Assert.True((await counter.Execute(new Add(1))).IsAccepted);
        await CounterSilo.ReactivateAsync(counter);
        Assert.Equal(12, await counter.Query(new GetTotal()));
    }

    [Fact]
    public async Task a_long_replay_leaves_a_snapshot_so_that_the_next_one_is_short()
    {
        var counter = silo.New();
        for (var i = 0; i < 25; i++) await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 20);
        await silo.ChangeAsync($"delete from phoenix.phoenix_snapshots where stream = '{CounterSilo.StreamOf(counter)}'");
        await CounterSilo.ReactivateAsync(counter);

        Assert.Equal(25, await counter.Query(new GetTotal()));
        await SnapshotAsync(counter, 25);
    }

    [Fact]
    public async Task the_past_is_built_from_a_snapshot_that_is_not_younger()
    {
        var counter = silo.New();
        for (var i = 0; i < 25; i++) await counter.Execute(new Add(1));
        await SnapshotAsync(counter, 20);
        var third = $"where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 3";
        await silo.ChangeAsync($"update phoenix.mt_events set type = 'tests.unheard-of' {third}");

        Assert.Equal((20, 22), ((await counter.StateAt(Moment.AtVersion(20))).Version, (await counter.StateAt(Moment.AtVersion(22))).Version));
        Assert.Equal(25, (await counter.StateAt(Moment.AtTime(DateTimeOffset.UtcNow.AddHours(1)))).Version);
        await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.StateAt(Moment.AtVersion(19)));

        await silo.ChangeAsync($"update phoenix.mt_events set type = 'tests.added' {third}");
        Assert.Equal(19, (await counter.StateAt(Moment.AtVersion(19))).Version);
        await silo.ChangeAsync($"update phoenix.phoenix_snapshots set state = 'null' where stream = '{CounterSilo.StreamOf(counter)}'");
        Assert.Equal(22, (await counter.StateAt(Moment.AtVersion(22))).Version);
    }

    private Task SnapshotAsync(ICounterGrain counter, long version) => Eventually.TrueAsync($"there is a snapshot of version {version}", async () =>
        await silo.ScalarAsync<long>($"select count(*) from phoenix.phoenix_snapshots where stream = '{CounterSilo.StreamOf(counter)}' and version = {version}") == 1);

    private static async Task<int?> TotalAsync(ICounterGrain counter)
    {
        try
        {
            return await counter.Query(new GetTotal());
        }
        catch (AggregateBrokenException)
        {
            return null;
        }
    }
}
