using System.Collections.Concurrent;
using Phoenix.Clustering.Membership;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>Many silos, each with connections of its own, change the table at once.</summary>
[Trait("Category", "Servers")]
public sealed class MembershipRaceTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Writers = 8;
    private PostgresMembershipTable[] _tables = [];

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.NewDatabaseAsync();
        // All at once on an empty database: the first one creates, the others wait for it.
        _tables = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => MembershipTables.OpenAsync(database)));
    }

    public ValueTask DisposeAsync()
    {
        foreach (var table in _tables) table.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task of_many_changes_made_on_one_version_exactly_one_succeeds()
    {
        var shared = MembershipTables.NewEntry();
        await _tables[0].InsertAsync(shared);
        for (var round = 0; round < 20; round++)
        {
            var (_, etag, version) = await _tables[0].FindAsync(shared.SiloAddress);

            var won = await AtOnceAsync((table, writer) => writer % 2 == 0
                ? table.InsertRow(MembershipTables.NewEntry(), version.Next())
                : table.UpdateRow(shared, etag, version.Next()));

            Assert.Single(won, true);
            Assert.Equal(version.Version + 1, (await _tables[0].ReadAll()).Version.Version);
        }
    }

    [Fact]
    public async Task of_many_inserts_of_one_silo_exactly_one_succeeds()
    {
        var entry = MembershipTables.NewEntry();
        var version = (await _tables[0].ReadAll()).Version;
        Assert.Single(await AtOnceAsync((table, _) => table.InsertRow(entry, version.Next())), true);
        Assert.Single((await _tables[0].ReadAll()).Members);
    }

    [Fact]
    public async Task each_change_moves_the_version_by_one_and_none_is_lost()
    {
        const int Each = 10;
        var versions = new ConcurrentBag<int>();
        await AtOnceAsync(async (table, _) =>
        {
            for (var done = 0; done < Each;)
            {
                var entry = MembershipTables.NewEntry();
                var next = (await table.ReadAll()).Version.Next();
                if (!await table.InsertRow(entry, next)) continue;
                versions.Add(next.Version);
                done++;
                await table.UpdateIAmAlive(entry);
            }

            return true;
        });

        Assert.Equal(Enumerable.Range(1, Writers * Each), versions.Order());
        var end = await _tables[0].ReadAll();
        Assert.Equal((Writers * Each, Writers * Each), (end.Version.Version, end.Members.Count));
    }

    [Fact]
    public async Task cleaning_up_and_changing_do_not_tear_a_change_apart()
    {
        var old = MembershipTables.Now.AddDays(-1);
        for (var round = 0; round < 20; round++)
        {
            var entry = MembershipTables.NewEntry(SiloStatus.Dead, old);
            await _tables[0].InsertAsync(entry);
            var (_, etag, version) = await _tables[0].FindAsync(entry.SiloAddress);

            var done = await AtOnceAsync(async (table, writer) =>
            {
                if (writer == 0) return await table.UpdateRow(entry, etag, version.Next());
                await table.CleanupDefunctSiloEntries(MembershipTables.Now);
                return false;
            });

            // Updated first and then removed, or removed first: then the update has moved nothing.
            var end = await _tables[0].ReadAll();
            Assert.Empty(end.Members);
            Assert.Equal(version.Version + (done[0] ? 1 : 0), end.Version.Version);
        }
    }

    private Task<bool[]> AtOnceAsync(Func<PostgresMembershipTable, int, Task<bool>> work) =>
        Task.WhenAll(_tables.Select((table, writer) => Task.Run(() => work(table, writer))));
}
