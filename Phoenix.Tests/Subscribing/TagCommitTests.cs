using Phoenix.EventStore;
using Phoenix.Tests.Due;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>Tags are taken and left in the transaction of the decision that wants it (guarantee 2).</summary>
[Trait("Category", "Servers")]
public sealed class TagCommitTests(TwoLogs logs) : IClassFixture<TwoLogs>
{
    private readonly EventLog _one = logs.One;
    private readonly EventLog _other = logs.Other;

    [Fact]
    public async Task tags_share_the_fate_of_their_stream_and_repeats_do_no_harm()
    {
        var stream = Commits.NewStream();
        Assert.True((await _one.CommitAsync(Commits.Accepted(stream, 0, "a", 1, tags: Of((true, "x"), (true, "y"))))).Committed);
        Assert.False((await _one.CommitAsync(Commits.Accepted(stream, 0, "stale", 1, tags: Of((false, "x"), (true, "z"))))).Committed);
        Assert.Equal("x,y", await TagsAsync(stream));
        await _one.CommitAsync(Commits.Accepted(stream, 1, "b", 0, tags: Of((true, "x"), (false, "y"), (false, "never-was"))));
        Assert.Equal("x", await TagsAsync(stream));
        await _one.CommitAsync(Commits.Accepted(stream, 1, "c", 1, DueRows.Set(DueRows.New("alarm")), Of((false, "x"), (true, "y"))));
        Assert.Equal("y", await TagsAsync(stream));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(_one.Database));
    }

    [Fact]
    public async Task of_two_first_decisions_without_events_the_later_is_made_on_the_others_row()
    {
        var stream = Commits.NewStream();
        var results = await Task.WhenAll(
            _one.CommitAsync(Commits.Accepted(stream, 0, "a", 0, tags: Of((true, "x")))),
            _other.CommitAsync(Commits.Accepted(stream, 0, "b", 0, tags: Of((true, "y")))));
        Assert.Contains(true, results.Select(result => result.Committed));
        Assert.Equal(1L, await Sql.ScalarAsync(_one.Database, $"select count(*) from phoenix.mt_streams where id = '{stream}' and version = 0"));
    }

    [Fact]
    public async Task two_silos_that_change_the_same_streams_at_once_neither_block_each_other_nor_lose_a_change()
    {
        var streams = Enumerable.Range(0, 20).Select(_ => Commits.NewStream()).ToList();
        await Task.WhenAll(streams.Select(stream => _one.CommitAsync(Commits.Accepted(stream, 0, $"{stream}-0", 1, tags: Of((true, "x"))))));
        for (var round = 1; round <= 5; round++)
        {
            var committed = await Task.WhenAll(streams.SelectMany(stream => new[] { (_one, "one"), (_other, "other") }.Select(async side =>
            {
                var taken = Of((round % 2 == 0, "x"), (true, $"{round}"));
                return (await side.Item1.CommitAsync(Commits.Accepted(stream, round, $"{stream}-{round}-{side.Item2}", 1, tags: taken))).Committed;
            })));
            Assert.Equal(streams.Count, committed.Count(one => one));
        }

        foreach (var stream in streams) Assert.Equal("1,2,3,4,5", await TagsAsync(stream));
    }

    private async Task<string> TagsAsync(string stream) => (string)(await Sql.ScalarAsync(_one.Database, $"""
        select coalesce(string_agg(tag, ',' order by tag), '') from phoenix.phoenix_tags
        where subscription = 'news' and aggregate || '/' || id = '{stream}'
        """))!;

    private static TagChanges Of(params (bool IsSet, string Tag)[] tags)
    {
        var changes = new TagChanges();
        foreach (var (isSet, tag) in tags) changes.Add(new("news", tag, isSet));
        return changes;
    }
}
