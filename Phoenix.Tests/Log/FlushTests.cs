using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>When a flush begins beside one that is stuck behind somebody's lock. The clock stands until a test moves it.</summary>
[Trait("Category", "Servers")]
public sealed class FlushTests(SharedPostgres postgres)
{
    private const int Worthwhile = 4;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task few_go_together_once_the_flush_before_them_may_be_stuck()
    {
        await using var log = await NewLogAsync();
        await using var stuck = await StuckAsync(log);

        var few = Beside(Worthwhile - 1);
        var results = Task.WhenAll(few.Select(log.CommitAsync));
        Assert.Equal(Worthwhile - 1, log.Queue.Load.Waiting);
        _time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.All(await results.WaitAsync(Eventually.Patience), result => Assert.True(result.Committed));
        Assert.False(stuck.Commit.IsCompleted);
        Assert.Equal(1, await TransactionsAsync(log, few));
    }

    [Fact]
    public async Task those_who_come_while_a_flush_is_stuck_are_watched_as_the_first_were()
    {
        await using var log = await NewLogAsync();
        await using var stuck = await StuckAsync(log);
        for (var round = 0; round < 3; round++)
        {
            var one = log.CommitAsync(Beside(1)[0]);
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.True((await one.WaitAsync(Eventually.Patience)).Committed);
            // The flush that carried it ends a moment after its callers know.
            await Eventually.TrueAsync("only the stuck flush is under way", () => Task.FromResult(log.Queue.Load.Flushing == 1));
        }

        Assert.False(stuck.Commit.IsCompleted);
    }

    [Fact]
    public async Task many_go_at_once()
    {
        await using var log = await NewLogAsync();
        await using var stuck = await StuckAsync(log);

        var results = await Task.WhenAll(Beside(Worthwhile).Select(log.CommitAsync)).WaitAsync(Eventually.Patience);

        Assert.All(results, result => Assert.True(result.Committed));
        Assert.False(stuck.Commit.IsCompleted);
    }

    [Fact]
    public async Task what_waits_is_taken_by_the_flush_that_ends()
    {
        await using var log = await NewLogAsync();
        var stuck = await StuckAsync(log);
        var few = Task.WhenAll(Beside(Worthwhile - 1).Select(log.CommitAsync));

        await stuck.DisposeAsync();

        Assert.All(await few.WaitAsync(Eventually.Patience), result => Assert.True(result.Committed));
    }

    private async Task<EventLog> NewLogAsync() =>
        new(await EventLog.NewDatabaseAsync(postgres), options => (options.StreamsPerFlush, options.AttemptTimeLimit) = (2 * Worthwhile, TimeSpan.FromMinutes(5)), time: _time);

    private static List<StreamCommit> Beside(int count) => [.. Enumerable.Range(0, count).Select(number => Commits.Accepted(Commits.NewStream(), 0, $"beside-{number}"))];

    private static Task<long> TransactionsAsync(EventLog log, IEnumerable<StreamCommit> commits) => EventLog.ScalarAsync<long>(
        log.Database, $"select count(distinct xmin::text) from phoenix.mt_events where stream_id in ({string.Join(", ", commits.Select(commit => $"'{commit.StreamId}'"))})");

    private static async Task<Stuck> StuckAsync(EventLog log)
    {
        var stream = Commits.NewStream();
        Assert.True((await log.CommitAsync(Commits.Accepted(stream, 0, "first"))).Committed);
        await Eventually.TrueAsync("no flush is under way", () => Task.FromResult(log.Queue.Load.Flushing == 0));
        var holder = new NpgsqlConnection(log.Database);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("begin; select 1 from phoenix.mt_streams where id = @stream for update", holder) { Parameters = { new("stream", stream) } })
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var commit = log.CommitAsync(Commits.Accepted(stream, 1, "held"));
        await Eventually.TrueAsync("the held commit is sent", async () =>
            await Sql.LockWaitsAsync(log.Database) > 0);
        return new(holder, commit);
    }

    private sealed record Stuck(NpgsqlConnection Holder, Task<StreamResult> Commit) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Holder.DisposeAsync();
            Assert.True((await Commit).Committed);
        }
    }
}
