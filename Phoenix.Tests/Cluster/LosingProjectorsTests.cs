using System.Globalization;
using Npgsql;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Three silo processes share the projections and lose those that run them: frozen, killed while catching up, while rebuilding and in the
/// last step of a rebuild. Verifying finds nothing (guarantee 11).
/// </summary>
[Trait("Category", "Servers")]
[Trait("Category", "Chaos")]
[Collection(ClusterTests.Name)]
public sealed class LosingProjectorsTests(SharedPostgres postgres, SharedKafka kafka)
{
    private const string Projection = "account_balances";
    private const string Lease = $"projection:{Projection}:All";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task projections_move_from_a_frozen_silo_and_from_a_killed_one_and_are_right()
    {
        await using var silos = await StartAsync();
        await using var load = await Load.StartAsync(silos);
        await Eventually.TrueAsync("each silo runs one of the three", async () => await Sql.CountAsync(silos.Database, """
            (select owner from phoenix.phoenix_leases where name like 'projection:%' and expires > clock_timestamp()
            group by owner having count(*) = 1) owners
            """) == 3);

        var frozen = await OwnerAsync(silos, Lease);
        silos.Freeze(frozen);
        await MovedAsync(silos, frozen);
        await load.ProgressAsync();
        await CurrentAsync(silos);
        silos.Thaw(frozen);
        // It finds its lease gone, or that it was declared dead.
        await load.ProgressAsync();

        var next = await OwnerAsync(silos, Lease);
        await silos.KillAsync(next);
        await MovedAsync(silos, next);
        await silos.StartAsync(next);
        await load.ProgressAsync();
        await CurrentAsync(silos);
        await RightAsync(silos, load);
        await load.StopAsync();
        await Verdict.HoldsAsync(silos, load);
        await RightAsync(silos, load);
    }

    [LongFact]
    public async Task a_silo_that_is_killed_in_a_rebuild_leaves_the_read_model_as_it_was_and_another_ends_it()
    {
        await using var silos = await StartAsync();
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        await load.StopAsync();
        await CurrentAsync(silos);
        await Sql.ExecuteAsync(silos.Database, "update phoenix.account_balances set balance = -7 where account_id = 'a-0'");

        // While it replays.
        await BeginAsync(silos, load);
        await Eventually.TrueAsync("the replay has tables", async () =>
            await Sql.CountAsync(silos.Database, "pg_tables where schemaname = 'phoenix_shadow_account_balances'") > 0);
        await KillRebuilderAsync(silos);
        await StillWrongAsync(silos);

        // In its last step: a row that somebody holds keeps it there.
        await using (var connection = new NpgsqlConnection(silos.Database))
        {
            await connection.OpenAsync(Cancellation);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await using (var command = new NpgsqlCommand(
                "select 1 from phoenix.account_balances where account_id = 'a-0' for update", connection))
                await command.ExecuteNonQueryAsync(Cancellation);
            await BeginAsync(silos, load);
            await Eventually.TrueAsync("it waits for the row", async () => await Sql.CountAsync(silos.Database, """
                pg_stat_activity where application_name = 'phoenix-projection-upkeep' and wait_event_type = 'Lock'
                """) > 0, SiloCluster.Patience);
            await KillRebuilderAsync(silos);
        }

        await StillWrongAsync(silos);
        await BeginAsync(silos, load);
        await EndedAsync(load, "rebuilt");
        await RightAsync(silos, load);
        Assert.Equal(0, await Sql.CountAsync(silos.Database, "pg_namespace where nspname like '%shadow%'"));
        await Verdict.HoldsAsync(silos, load);
    }

    private async Task<SiloCluster> StartAsync() => await SiloCluster.StartAsync(
        await postgres.NewDatabaseAsync(), await kafka.BrokerAsync(), further: new() { ["Phoenix__Projections__LeaseTime"] = "00:00:03" });

    private static Task MovedAsync(SiloCluster silos, int from) => Eventually.TrueAsync(
        "another has it", async () => await OwnerAsync(silos, Lease) != from, SiloCluster.Patience);

    private static async Task<int> OwnerAsync(SiloCluster silos, string lease) =>
        await Sql.ScalarAsync(silos.Database, $"select owner from phoenix.phoenix_leases where name = '{lease}'") is string owner
            ? int.Parse(owner.AsSpan("silo-".Length, 1), CultureInfo.InvariantCulture)
            : -1;

    private static Task CurrentAsync(SiloCluster silos) => Eventually.TrueAsync("the read model comes to where the log was", async () =>
    {
        var end = await Sql.ScalarAsync(silos.Database, "select max(seq_id) from phoenix.mt_events");
        return await Sql.ScalarAsync(silos.Database,
            $"select last_seq_id >= {end} - 200 from phoenix.mt_event_progression where name = '{Projection}:All'") is true;
    });

    private static async Task KillRebuilderAsync(SiloCluster silos)
    {
        var number = await OwnerAsync(silos, $"projection-upkeep:{Projection}");
        await silos.KillAsync(number);
        await silos.StartAsync(number);
    }

    private static async Task StillWrongAsync(SiloCluster silos) => Assert.Equal(
        -7m, await Sql.ScalarAsync(silos.Database, "select balance from phoenix.account_balances where account_id = 'a-0'"));

    private static async Task RightAsync(SiloCluster silos, Load load)
    {
        await BegunAsync(silos, load, projection => projection.Verify());
        var verified = await EndedAsync(load, "verified");
        Assert.Empty(verified.Wrong!);
        Assert.Equal(0, verified.Undecided);
    }

    private static Task BeginAsync(SiloCluster silos, Load load) => BegunAsync(silos, load, projection => projection.Rebuild());

    private static async Task BegunAsync(SiloCluster silos, Load load, Func<IProjectionGrain, Task> begin)
    {
        await Eventually.TrueAsync("the lease of a killed silo has run out", async () => await Sql.CountAsync(silos.Database,
            $"phoenix.phoenix_leases where name = 'projection-upkeep:{Projection}' and expires > clock_timestamp()") == 0,
            SiloCluster.Patience);
        await Eventually.TrueAsync("a silo begins", async () =>
        {
            try
            {
                await begin(load.Grains.GetGrain<IProjectionGrain>(Projection));
                return true;
            }
            catch (Exception error) when (error is TimeoutException or OrleansException)
            {
                return false;
            }
            catch (InvalidOperationException)
            {
                // The call before timed out and was heard all the same.
                return true;
            }
        }, SiloCluster.Patience);
    }

    private static async Task<ProjectionStatus> EndedAsync(Load load, string state)
    {
        ProjectionStatus status = null!;
        await Eventually.TrueAsync($"it is {state}", async () =>
        {
            status = await load.Grains.GetGrain<IProjectionGrain>(Projection).Status();
            return status.State is not ("verifying" or "rebuilding");
        }, SiloCluster.Patience);
        Assert.True(status.State == state, $"{status}");
        return status;
    }
}
