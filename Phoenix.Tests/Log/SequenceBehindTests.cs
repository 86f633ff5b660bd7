using Phoenix.EventStore;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// A sequence behind its table, as after a restore, stops commits visibly instead of filling holes that projections have passed.
/// </summary>
[Trait("Category", "Servers")]
public sealed class SequenceBehindTests(SharedPostgres postgres)
{
    [Fact]
    public async Task it_is_named_burns_no_numbers_and_commits_go_on_when_it_is_set()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        Assert.True((await log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "first", events: 5))).Committed);
        await Sql.ExecuteAsync(log.Database, "delete from phoenix.mt_events where version = 3");
        await Sql.ExecuteAsync(log.Database, "select setval('phoenix.mt_events_sequence', 1)");

        for (var number = 0; number < 3; number++)
        {
            var failed = await Assert.ThrowsAsync<LogUnavailableException>(() => log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "next")));
            Assert.Contains("sequence is behind", failed.Message, StringComparison.Ordinal);
        }

        // One number was drawn to learn it. The next would have been free, and behind whoever reads by numbers.
        Assert.Equal(2, await EventLog.ScalarAsync<long>(log.Database, "select last_value from phoenix.mt_events_sequence"));
        Assert.Contains("operator", log.Watch.Trouble!.Value.Reason, StringComparison.Ordinal);
        log.Watch.Probed(null);
        Assert.NotNull(log.Watch.Trouble);

        await Sql.ExecuteAsync(log.Database, "select setval('phoenix.mt_events_sequence', (select max(seq_id) from phoenix.mt_events))");
        Assert.True((await log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "next"))).Committed);
        Assert.Null(log.Watch.Trouble);
        Assert.Equal(6, await EventLog.ScalarAsync<long>(log.Database, "select max(seq_id) from phoenix.mt_events"));
    }
}
