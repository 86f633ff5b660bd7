using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Guarantee 4 at the answer to an append: silence is not taken for success.</summary>
[Trait("Category", "Servers")]
public sealed class CommitAnswerTests(SharedPostgres postgres)
{
    [Fact]
    public async Task an_answer_that_does_not_account_for_every_stream_leaves_the_end_unknown()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        await using var connections = new EventStoreConnections(log.Options);
        var attempt = new CommitAttempt(connections.Commits, new CommitStatements(new TableNames(log.Store.Options)), log.Options.AttemptTimeLimit);

        // The queue sends a stream once in a batch. Sent twice, the second commit neither passes nor is it told of.
        var stream = Commits.NewStream();
        var failed = await Assert.ThrowsAsync<AttemptFailedException>(() => attempt.SendAsync([Commits.Accepted(stream, 0, "a"), Commits.Accepted(stream, 1, "b")], lockFirst: true, askLedger: true));

        Assert.Equal(AttemptFailure.EndUnknown, failed.Failure);
    }
}
