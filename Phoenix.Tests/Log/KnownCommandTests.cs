using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// Guarantee 1 where a repeat passes the version check: the ledger's key decides, and a burst of repeats is not one failed transaction
/// each.
/// </summary>
[Trait("Category", "Servers")]
public sealed class KnownCommandTests(SharedPostgres postgres)
{
    [Fact]
    public async Task repeats_get_their_recorded_outcome_and_only_the_first_of_them_costs_a_transaction()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        var streams = Enumerable.Range(0, 20).Select(_ => Commits.NewStream()).ToList();
        await using (var log = new EventLog(database))
        {
            foreach (var stream in streams) Assert.True((await log.CommitAsync(Commits.Accepted(stream, 0, "first"))).Committed);
        }

        var before = await RolledBackAsync(database);
        await using (var log = new EventLog(database))
        {
            // For longer than this test may take.
            log.Options.AskLedgerAfterRepeat = TimeSpan.FromHours(1);
            foreach (var stream in streams)
            {
                // A neighbour in the same batch, if they meet, loses nothing.
                var neighbour = log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "first"));
                var repeat = await log.CommitAsync(Commits.Accepted(stream, 1, "first"));

                Assert.Equal((false, 1), (repeat.Committed, repeat.StoredVersion));
                Assert.Equal(CommandIdentity.Of("first"), Assert.Single(repeat.Known).Id);
                Assert.True((await neighbour).Committed);
            }
        }

        Assert.Equal(1, await RolledBackAsync(database) - before);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    /// <summary>A backend counts its transactions there at its end at the latest.</summary>
    private static async Task<long> RolledBackAsync(string database)
    {
        await Eventually.TrueAsync("the log's connections are gone", async () => await EventLog.ScalarAsync<long>(database,
            $"select count(*) from pg_stat_activity where datname = current_database() and application_name = '{EventStoreConnections.CommitApplicationName}'") == 0);
        return await EventLog.ScalarAsync<long>(database, "select xact_rollback from pg_stat_database where datname = current_database()");
    }
}
