using System.Runtime.CompilerServices;
using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// A queue that holds on to what it has handed out makes each commit survive collections, and those are the pauses of a silo.
/// </summary>
[Trait("Category", "Servers")]
public sealed class CommitMemoryTests(SharedPostgres postgres)
{
    [Fact]
    public async Task what_is_committed_is_let_go()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        var commits = await CommitAsync(log);

        // A flush ends a moment after its callers know.
        await Eventually.TrueAsync("no commit is held", () =>
        {
            GC.Collect();
            return Task.FromResult(!commits.Exists(commit => commit.TryGetTarget(out _)));
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference<StreamCommit>>> CommitAsync(EventLog log)
    {
        var commits = new List<WeakReference<StreamCommit>>();
        for (var number = 0; number < 5; number++)
        {
            var commit = Commits.Accepted(Commits.NewStream(), 0, $"c{number}");
            // Health looks at the queue while it works.
            var committing = log.CommitAsync(commit);
            _ = log.Queue.OldestWaiting;
            Assert.True((await committing).Committed);
            commits.Add(new(commit));
        }

        return commits;
    }
}
