using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>Reading what is due: bounded, in order, and not slower for what was due before.</summary>
[Trait("Category", "Servers")]
public sealed class DueQueueTests(SharedPostgres postgres) : IAsyncLifetime
{
    private EventLog _log = null!;

    public async ValueTask InitializeAsync() => _log = new EventLog(await EventLog.NewDatabaseAsync(postgres));

    [Fact]
    public async Task pages_hold_what_is_due_the_longest_overdue_first_and_each_row_once()
    {
        // Five times for a hundred rows: a page ends in the middle of one.
        await FillAsync("interval '1 hour' - n % 5 * interval '1 minute'", 100);
        await Sql.ExecuteAsync(_log.Database, "insert into phoenix.phoenix_due (owner, name, due, payload) values ('tests.note/later', 'a', now() + interval '1 hour', '{}')");

        var (seen, place, more) = (new List<DueItem>(), DuePlace.First, true);
        while (more)
        {
            var page = await _log.Due.PageAsync(place, 7);
            Assert.InRange(page.Items.Count, 0, 7);
            seen.AddRange(page.Items);
            (more, place) = (page.More, page.Items.Count > 0 ? DuePlace.Of(page.Items[^1]) : place);
        }

        Assert.Equal(100, seen.Select(item => item.Owner).Distinct().Count());
        Assert.Equal(seen.OrderBy(item => item.Due).Select(item => item.Due), seen.Select(item => item.Due));
        var empty = await _log.Due.PageAsync(place, 7);
        Assert.Equal((0, false), (empty.Items.Count, empty.More));
        Assert.InRange(empty.Now, seen[^1].Due, DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task a_page_carries_few_of_the_large_and_says_that_there_are_more()
    {
        await Sql.ExecuteAsync(_log.Database, "alter table phoenix.phoenix_due alter payload set storage external");
        await Sql.ExecuteAsync(_log.Database, "insert into phoenix.phoenix_due (owner, name, due, payload) select 'tests.note/' || n, 'a', now(), repeat('x', 1000000) from generate_series(1, 10) n");
        var page = await _log.Due.PageAsync(DuePlace.First, 100);
        Assert.InRange(page.Items.Count, 1, 5);
        Assert.True(page.More);
    }

    [Fact]
    public async Task rows_that_were_delivered_while_an_old_snapshot_keeps_them_do_not_slow_the_reader()
    {
        const int Dead = 200_000;
        await FillAsync("interval '1 hour' - n * interval '1 millisecond'", Dead);
        await using var old = new NpgsqlConnection(_log.Database);
        await old.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await old.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
        await using (var look = new NpgsqlCommand("select count(*) from phoenix.phoenix_due", old)) Assert.Equal((long)Dead, await look.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await Sql.ExecuteAsync(_log.Database, "delete from phoenix.phoenix_due");
        await Sql.ExecuteAsync(_log.Database, "insert into phoenix.phoenix_due (owner, name, due, payload) values ('tests.note/new', 'a', now(), '{}')");

        var all = await PagesTouchedAsync(DuePlace.First);
        var some = await PagesTouchedAsync(DuePlace.From(DateTimeOffset.UtcNow.AddMinutes(-30)));

        // The proof that there is something to pass over.
        Assert.InRange(all, 1_000, long.MaxValue);
        Assert.InRange(some, 1, 50);
        Assert.Equal("tests.note/new", Assert.Single((await _log.Due.PageAsync(DuePlace.From(DateTimeOffset.UtcNow.AddMinutes(-30)), 100)).Items).Owner);
    }

    [Fact]
    public async Task a_failed_delivery_is_put_off_and_counted_then_buried_and_can_be_asked_for_again()
    {
        await FillAsync("interval '1 minute'", 1);
        var item = Assert.Single((await _log.Due.PageAsync(DuePlace.First, 10)).Items);

        await _log.Due.LaterAsync(item.Owner, item.Reference, TimeSpan.FromHours(1), failed: true, "handler-failed");
        await _log.Due.LaterAsync(item.Owner, item.Reference, TimeSpan.FromHours(1), failed: false, "unavailable");
        await _log.Due.LaterAsync(item.Owner, item.Reference with { Generation = Guid.NewGuid() }, TimeSpan.Zero, failed: true, "another");
        var later = await OneAsync();
        Assert.Equal((1, "unavailable", item.Scheduled), (later.Attempts, later.LastError, later.Scheduled));
        Assert.Empty((await _log.Due.PageAsync(DuePlace.First, 10)).Items);

        await _log.Due.BuryAsync(item.Owner, item.Reference, "handler-failed");
        var dead = await OneAsync();
        Assert.Equal((2, true, DateTime.MaxValue.Year), (dead.Attempts, dead.DeadSince is not null, dead.Due.Year));
        Assert.Equal(1, await _log.Due.CountDeadAsync());
        Assert.Single(await _log.Due.ListAsync(DuePlace.First, 10, dead: true));

        Assert.True(await _log.Due.AgainAsync(item.Owner, item.Reference.Name));
        Assert.Equal(0, Assert.Single((await _log.Due.PageAsync(DuePlace.First, 10)).Items).Attempts);
        Assert.False(await _log.Due.AgainAsync(item.Owner, item.Reference.Name));
        Assert.True(await _log.Due.CancelAsync(item.Owner, item.Reference.Name));
        Assert.False(await _log.Due.CancelAsync(item.Owner, item.Reference.Name));
        Assert.Equal(0, await _log.Due.CountDeadAsync());
    }

    [Fact]
    public async Task rows_that_are_done_go_and_others_of_their_name_stay()
    {
        await FillAsync("interval '1 minute'", 3);
        var items = (await _log.Due.PageAsync(DuePlace.First, 10)).Items;
        await _log.Due.DoneAsync([items[0], items[1] with { Reference = items[1].Reference with { Generation = Guid.NewGuid() } }]);
        Assert.Equal(items.Skip(1).Select(item => item.Owner), (await _log.Due.PageAsync(DuePlace.First, 10)).Items.Select(item => item.Owner));
        Assert.True(await _log.Due.IsThereAsync(items[1].Owner, items[1].Reference));
        Assert.False(await _log.Due.IsThereAsync(items[0].Owner, items[0].Reference));
    }

    [Fact]
    public async Task a_lease_has_one_holder_and_each_new_one_a_higher_epoch()
    {
        var hour = TimeSpan.FromHours(1);
        Assert.Equal(1, await _log.Leases.TakeAsync("due", "one", hour));
        Assert.Equal(1, await _log.Leases.TakeAsync("due", "one", hour));
        Assert.Null(await _log.Leases.TakeAsync("due", "two", hour));
        Assert.Equal(1, await _log.Leases.TakeAsync("else", "two", hour));

        await _log.Leases.LeaveAsync("due", "two");
        Assert.Null(await _log.Leases.TakeAsync("due", "two", hour));
        await _log.Leases.LeaveAsync("due", "one");
        Assert.Equal(2, await _log.Leases.TakeAsync("due", "two", TimeSpan.FromMilliseconds(1)));
        await Eventually.TrueAsync("the lease ends by itself", async () => await _log.Leases.TakeAsync("due", "three", hour) == 3);

        var takers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => _log.Leases.TakeAsync("race", $"taker {number}", hour)));
        Assert.Single(takers, epoch => epoch is not null);
    }

    public async ValueTask DisposeAsync() => await _log.DisposeAsync();

    private async Task<DueItem> OneAsync() => Assert.Single(await _log.Due.ListAsync(DuePlace.First, 10));

    private Task FillAsync(string ago, int rows) => Sql.ExecuteAsync(_log.Database,
        $"insert into phoenix.phoenix_due (owner, name, due, payload, command, target) select 'tests.note/' || n, 'a', now() - ({ago}), '{{}}', 'tests.note', 'tests.note/1' from generate_series(1, {rows}) n");

    private async Task<long> PagesTouchedAsync(DuePlace place)
    {
        await using var connection = await _log.Connections.Reads.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"explain (analyze, buffers, format json) {_log.Due.PageSql}", connection)
        {
            Parameters = { new() { Value = place.Due.UtcDateTime }, new() { Value = "" }, new() { Value = "" }, new() { Value = 100L }, new() { Value = 1_000_000L } },
        };
        using var plan = System.Text.Json.JsonDocument.Parse((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        var root = plan.RootElement[0].GetProperty("Plan");
        return root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
    }
}
