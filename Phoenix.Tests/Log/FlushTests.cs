using Npgsql;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>When a flush begins: the first at once, one beside it when it carries much, or when the first may be stuck.</summary>
[Trait("Category", "Servers")]
public sealed class FlushTests(SharedPostgres postgres)
{
    [Fact]
    public async Task who_waits_beside_a_stuck_flush_is_committed_by_another_all_together()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await using var log = new EventLog(database);
        var stuck = Commits.NewStream();
        Assert.True((await log.CommitAsync(Commits.Accepted(stuck, 0, "first"))).Committed);
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var holding = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("select 1 from phoenix.mt_streams where id = $1 for update", other) { Parameters = { new() { Value = stuck } } })
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var held = log.CommitAsync(Commits.Accepted(stuck, 1, "held"));
        await Eventually.TrueAsync("the held commit is sent", async () =>
            await EventLog.ScalarAsync<long>(database, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0);
        var beside = Enumerable.Range(0, 5).Select(number => Commits.Accepted(Commits.NewStream(), 0, $"beside-{number}")).ToList();
        var results = await Task.WhenAll(beside.Select(log.CommitAsync));

        Assert.All(results, result => Assert.True(result.Committed));
        Assert.False(held.IsCompleted);
        var transactions = await EventLog.ScalarAsync<long>(database,
            $"select count(distinct xmin::text) from phoenix.mt_events where stream_id in ({string.Join(", ", beside.Select(commit => $"'{commit.StreamId}'"))})");
        Assert.Equal(1, transactions);

        await holding.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.True((await held).Committed);
    }

    [Fact]
    public async Task nobody_is_left_behind_a_flush()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await using var log = new EventLog(database, options => options.StreamsPerFlush = 1_000);
        for (var round = 0; round < 20; round++)
        {
            // Two at a time: the second is either in the first's flush, behind it, or beside it. Nobody is left.
            var both = await Task.WhenAll(log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, $"a{round}")), log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, $"b{round}")));
            Assert.All(both, result => Assert.True(result.Committed));
        }
    }
}
