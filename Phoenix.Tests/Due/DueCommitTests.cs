using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>
/// Due rows come and go in the transaction of the decision that wants it, and a delivery never passes a cancellation (guarantee 2).
/// </summary>
[Trait("Category", "Servers")]
public sealed class DueCommitTests(TwoLogs logs) : IClassFixture<TwoLogs>
{
    private readonly EventLog _one = logs.One;
    private readonly EventLog _other = logs.Other;

    [Fact]
    public async Task due_rows_share_the_fate_of_their_stream_and_replace_their_namesakes()
    {
        var stream = Commits.NewStream();
        await _one.CommitAsync(Commits.Accepted(stream, 0, "a", 1, DueRows.Set(DueRows.New("alarm", "1"))));
        await _one.CommitAsync(Commits.Accepted(stream, 0, "stale", 1, DueRows.Set(DueRows.New("alarm", "stale"), DueRows.New("other", "stale"))));
        Assert.Equal("alarm=1", await DueAsync(stream));

        await _one.CommitAsync(Commits.Accepted(stream, 1, "b", 0, DueRows.Set(DueRows.New("alarm", "2"), DueRows.New("other", "2"), DueRows.New("alarm", "3"))));
        Assert.Equal("alarm=3,other=2", await DueAsync(stream));

        await _one.CommitAsync(Commits.Accepted(stream, 0, "stale-too", 1, DueRows.Remove("alarm")));
        Assert.Equal("alarm=3,other=2", await DueAsync(stream));
        await _one.CommitAsync(Commits.Accepted(stream, 1, "c", 1, DueRows.Remove("alarm")));
        Assert.Equal("other=2", await DueAsync(stream));
        await _one.CommitAsync(Commits.Accepted(stream, 2, "d", 1, DueRows.Remove("never-was")));
        Assert.Equal("other=2", await DueAsync(stream));
    }

    [Fact]
    public async Task a_delivery_takes_its_row_and_is_lost_whole_when_the_row_is_another()
    {
        var (stream, neighbour) = (Commits.NewStream(), Commits.NewStream());
        var (first, second) = (DueRows.New("alarm"), DueRows.New("alarm"));
        await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", 1, DueRows.Set(first)));
        await _one.CommitAsync(Commits.Accepted(stream, 1, "arm again", 1, DueRows.Set(second)));

        var results = await Task.WhenAll(
            _one.CommitAsync(Commits.Accepted(stream, 2, "too late", 1, DueRows.Deliver(DueRows.ReferenceOf(first)))), _one.CommitAsync(Commits.Accepted(neighbour, 0, "a")));
        Assert.Equal([false, true], results.Select(result => result.Committed));
        Assert.Equal((2, 0), (results[0].StoredVersion, results[0].Known.Count));
        Assert.Empty(await _one.Queries.KnownAsync(stream, [CommandIdentity.Of("too late")]));
        Assert.False((await _one.CommitAsync(Commits.Accepted(stream, 2, "not yet", 1, DueRows.Deliver(DueRows.ReferenceOf(second, 1))))).Committed);

        Assert.True((await _one.CommitAsync(Commits.Accepted(stream, 2, "on time", 1, DueRows.Deliver(DueRows.ReferenceOf(second))))).Committed);
        Assert.Equal("", await DueAsync(stream));
        Assert.False((await _one.CommitAsync(Commits.Accepted(stream, 3, "twice", 1, DueRows.Deliver(DueRows.ReferenceOf(second))))).Committed);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    [Fact]
    public async Task a_rejected_delivery_takes_its_row_too_and_one_that_arms_its_own_name_leaves_the_new_one()
    {
        var stream = Commits.NewStream();
        var (first, second) = (DueRows.New("alarm", "1"), DueRows.New("alarm", "2"));
        await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", 0, DueRows.Set(first)));
        var again = DueRows.Deliver(DueRows.ReferenceOf(first));
        again.Set(second);
        Assert.True((await _one.CommitAsync(Commits.Accepted(stream, 0, "again", 1, again))).Committed);
        Assert.Equal("alarm=2", await DueAsync(stream));

        Assert.True((await _one.CommitAsync(Commits.Rejected(stream, 1, "no") with { Due = DueRows.Deliver(DueRows.ReferenceOf(second)) })).Committed);
        Assert.Equal("", await DueAsync(stream));
    }

    [Fact]
    public async Task a_repeated_delivery_learns_the_recorded_outcome()
    {
        var stream = Commits.NewStream();
        var row = DueRows.New("alarm");
        await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", 1, DueRows.Set(row)));
        var delivery = Commits.Accepted(stream, 1, "ring", 1, DueRows.Deliver(DueRows.ReferenceOf(row)));
        var results = await Task.WhenAll(_one.CommitAsync(delivery), _other.CommitAsync(delivery));

        Assert.Equal("ring", Assert.Single(Assert.Single(results, result => !result.Committed).Known).OriginalId);
    }

    [Fact]
    public async Task a_row_with_a_period_is_due_again_at_the_next_multiple_after_now_and_not_once_for_each_that_was_missed()
    {
        var stream = Commits.NewStream();
        var row = DueRows.New("tick", delay: TimeSpan.FromSeconds(10), period: TimeSpan.FromSeconds(10));
        await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", 1, DueRows.Set(row)));
        await Sql.ExecuteAsync(_one.Database, $"update phoenix.phoenix_due set scheduled = scheduled - interval '1 hour', due = due - interval '1 hour', attempts = 3 where owner = '{stream}'");
        var before = Assert.Single(await ListAsync(stream));

        Assert.True((await _one.CommitAsync(Commits.Accepted(stream, 1, "tick", 1, DueRows.Deliver(DueRows.ReferenceOf(row))))).Committed);

        var after = Assert.Single(await ListAsync(stream));
        var now = await EventLog.ScalarAsync<DateTime>(_one.Database, "select now()");
        Assert.Equal((1, 0), (after.Reference.Occurrence, after.Attempts));
        Assert.Equal(0, (after.Scheduled - before.Scheduled).Ticks % TimeSpan.FromSeconds(10).Ticks);
        Assert.InRange(after.Scheduled - before.Scheduled, TimeSpan.FromMinutes(59.5), TimeSpan.FromMinutes(62));
        Assert.InRange(after.Due.UtcDateTime, now - Eventually.Patience, now + TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task times_are_those_of_the_database_and_the_past_is_now()
    {
        var stream = Commits.NewStream();
        var before = await EventLog.ScalarAsync<DateTime>(_one.Database, "select clock_timestamp()");
        await _one.CommitAsync(Commits.Accepted(stream, 0, "a", 1, DueRows.Set(
            DueRows.New("1-past", at: before.AddYears(-9)), DueRows.New("2-later", delay: TimeSpan.FromHours(1)), DueRows.New("3-then", at: before.AddYears(9)),
            DueRows.New("0-graced", kind: DueKind.Send) with { Grace = TimeSpan.FromMinutes(1) })));
        var after = await EventLog.ScalarAsync<DateTime>(_one.Database, "select clock_timestamp()");

        var times = (await ListAsync(stream)).OrderBy(item => item.Reference.Name).ToList();
        Assert.All([times[0].Scheduled, times[0].Due - TimeSpan.FromMinutes(1), times[1].Due, times[2].Due - TimeSpan.FromHours(1)], time => Assert.InRange(time.UtcDateTime, before, after));
        Assert.Equal(before.AddYears(9), times[3].Due.UtcDateTime);
    }

    /// <summary>
    /// The cancellation, an operator's or that of a commit, is under way in a transaction of its own when the delivery comes: the delivery
    /// waits and then stands or falls with it, also on a stream that does not exist, which no lock covers.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task a_delivery_that_meets_a_cancellation_under_way_waits_for_its_end(bool exists, bool cancelled)
    {
        var stream = Commits.NewStream();
        var row = DueRows.New("alarm");
        await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", exists ? 1 : 0, DueRows.Set(row)));
        await using var connection = new NpgsqlConnection(_one.Database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand($"delete from phoenix.phoenix_due where owner = '{stream}'", connection)) await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var delivery = _other.CommitAsync(Commits.Accepted(stream, exists ? 1 : 0, "ring", 1, DueRows.Deliver(DueRows.ReferenceOf(row))));
        await Eventually.TrueAsync("the delivery waits", async () => await Sql.LockWaitsAsync(_one.Database) > 0 || delivery.IsCompleted);
        Assert.False(delivery.IsCompleted);
        if (cancelled) await transaction.CommitAsync(TestContext.Current.CancellationToken);
        else await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        Assert.Equal(!cancelled, (await delivery).Committed);
        Assert.Equal("", await DueAsync(stream));
    }

    /// <summary>
    /// Cancel, arm anew and deliver at once from two silos, in every order that comes: what was cancelled first is never delivered.
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public async Task of_a_delivery_and_a_cancellation_at_once_the_second_sees_the_first(int cancelEvents, int deliverEvents)
    {
        await Sql.ExecuteAsync(_one.Database, """
            create table if not exists tests_taken (owner text, generation uuid, xid xid8);
            create or replace function tests_take() returns trigger language plpgsql as
                $$ begin insert into tests_taken values (old.owner, old.generation, pg_current_xact_id()); return null; end $$;
            create or replace trigger tests_take after update or delete on phoenix.phoenix_due for each row execute function tests_take()
            """);
        for (var round = 0; round < 15; round++)
        {
            var stream = Commits.NewStream();
            var (row, next) = (DueRows.New("alarm", "first"), DueRows.New("alarm", "next"));
            await _one.CommitAsync(Commits.Accepted(stream, 0, "arm", 1, DueRows.Set(row)));
            var change = round % 2 == 0 ? DueRows.Remove("alarm") : DueRows.Set(next);
            var results = await Task.WhenAll(
                _one.CommitAsync(Commits.Accepted(stream, 1, "cancel", cancelEvents, change)),
                _other.CommitAsync(Commits.Accepted(stream, 1, "ring", deliverEvents, DueRows.Deliver(DueRows.ReferenceOf(row)))));

            var (cancelled, rang) = (results[0].Committed, results[1].Committed);
            Assert.True(cancelled || rang);
            // Both only if the delivery was first and moved nothing that the cancellation was decided on.
            if (cancelled && rang) Assert.Equal(0, deliverEvents);
            // The commit that took the row is the one that was first: a delivery that found it gone must not have committed.
            var taker = await EventLog.ScalarAsync<string>(_one.Database, $"""
                select string_agg(l.original_id, ' ') from tests_taken t join phoenix.phoenix_ledger l on l.stream = t.owner and l.xmin::text = t.xid::text
                where t.generation = '{row.Generation}'
                """);
            Assert.Equal(rang ? "ring" : "cancel", taker);
            Assert.Equal(cancelled && round % 2 == 1 ? "alarm=next" : "", await DueAsync(stream));
        }

        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    private Task<IReadOnlyList<DueItem>> ListAsync(string stream) => _one.Due.ListAsync(DuePlace.First, 100, owner: stream);

    private async Task<string> DueAsync(string stream) => string.Join(',', (await ListAsync(stream)).OrderBy(item => item.Reference.Name).Select(item => $"{item.Reference.Name}={item.Payload}"))
        .Replace("={}", "", StringComparison.Ordinal);
}
