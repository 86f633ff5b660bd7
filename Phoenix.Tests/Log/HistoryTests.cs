using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Who looks at the past has turns and bytes of his own.</summary>
[Trait("Category", "Servers")]
public sealed class HistoryTests(SharedPostgres postgres)
{
    [Fact]
    public async Task a_page_carries_so_many_bytes_at_least_one_event_and_the_pages_all_events()
    {
        await using var log = await NewLogAsync(options => options.HistoryPageBytes = 1000);
        var stream = Commits.NewStream();
        var sizes = new[] { 10, 400, 400, 400, 5000, 10, 10, 2000 };
        var commit = Commits.Accepted(stream, 0, "a", sizes.Length);
        // Random characters: what PostgreSQL stores is no smaller than what it sends.
        commit = commit with { Events = [.. commit.Events.Select((@event, index) => @event with { Data = $$"""{"text":"{{Text(sizes[index])}}"}""" })] };
        Assert.True((await log.CommitAsync(commit)).Committed);

        var pages = new List<IReadOnlyList<StoredEvent>>();
        for (var (after, more) = (0L, true); more;)
        {
            var page = await log.Queries.EventsAsync(stream, after, 6);
            pages.Add(page.Events);
            (after, more) = (page.Events.Count > 0 ? page.Events[^1].Version : after, page.More);
        }

        Assert.Equal(Enumerable.Range(1, sizes.Length), pages.SelectMany(page => page).Select(one => (int)one.Version));
        Assert.All(pages, page => Assert.InRange(page.SkipLast(1).Sum(one => one.Json.Length), 0, 1000));
        Assert.InRange(pages.Count, 3, 5);
    }

    [Fact]
    public async Task compressed_events_count_as_what_they_are()
    {
        await using var log = await NewLogAsync(options => options.HistoryPageBytes = 10_000);
        var stream = Commits.NewStream();
        var commit = Commits.Accepted(stream, 0, "a", 10);
        Assert.True((await log.CommitAsync(commit with { Events = [.. commit.Events.Select(@event => @event with { Data = $$"""{"text":"{{new string('x', 6000)}}"}""" })] })).Committed);

        var page = await log.Queries.EventsAsync(stream, 0, 100);

        Assert.Equal(2, page.Events.Count);
        Assert.True(page.More);
    }

    [Fact]
    public async Task whoever_looks_at_histories_takes_no_turn_from_aggregates_that_become_active()
    {
        await using var log = await NewLogAsync(options => options.ReadConnections = 4);
        var stream = Commits.NewStream();
        Assert.True((await log.CommitAsync(Commits.Accepted(stream, 0, "a"))).Committed);
        var slow = new TaskCompletionSource<int>();
        var histories = Enumerable.Range(0, 20).Select(_ => log.Connections.HistoryTurns.ReadAsync(() => slow.Task)).ToList();
        var behind = log.Queries.EventsAsync(stream, 0, 10);

        Assert.Single(await log.ReadAsync(stream));
        Assert.False(behind.IsCompleted);
        slow.SetResult(0);
        Assert.Single((await behind).Events);
        await Task.WhenAll(histories);
    }

    private static string Text(int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)Random.Shared.Next('0', 'z')).Select(one => one == '\\' ? '/' : one)]);

    private async Task<EventLog> NewLogAsync(Action<EventStoreOptions> configure) => new(await EventLog.NewDatabaseAsync(postgres), configure);
}
