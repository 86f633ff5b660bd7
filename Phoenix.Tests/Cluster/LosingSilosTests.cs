using System.Diagnostics;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>Three silo processes lose one of them in every way, while clients send commands.</summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed class LosingSilosTests(SharedPostgres postgres, SharedKafka kafka, ITestOutputHelper output)
{
    [Fact]
    public async Task a_killed_silo_costs_no_command_and_no_order()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        await silos.PartitionsAreEvenAsync();

        var killed = Stopwatch.GetTimestamp();
        await silos.KillAsync(1);
        await load.ProgressAsync();
        await silos.ActiveAsync(2);
        await silos.PartitionsAreEvenAsync();
        output.WriteLine($"longest request: Kafka {load.Longest(Way.Kafka, killed, Stopwatch.GetTimestamp())}, grain {load.Longest(Way.Grain, killed, Stopwatch.GetTimestamp())}");

        // The one that joins takes its share of the partitions over from the others.
        await silos.StartAsync(1);
        await silos.ActiveAsync(3);
        await silos.PartitionsAreEvenAsync();
        await load.ProgressAsync();

        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    [Fact]
    public async Task a_rolling_restart_fails_no_request()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        for (var number = 0; number < SiloCluster.Size; number++)
        {
            var from = Stopwatch.GetTimestamp();
            var (took, exitCode) = await silos.StopAsync(number);
            var stopped = Stopwatch.GetTimestamp();
            output.WriteLine($"silo {number} stopped in {took}: {load.Cost(from, stopped)}");
            Assert.Equal(0, exitCode);
            Assert.True(took < SiloCluster.StopLimit, $"silo {number} took {took}");
            await silos.StartAsync(number);
            await load.ProgressAsync(30);
            output.WriteLine($"silo {number} is back: {load.Cost(stopped, Stopwatch.GetTimestamp())}");
        }

        await load.StopAsync();
        output.WriteLine($"{load}");
        // A starved machine may answer later than a client waits: that one is sent again by its id. Nobody is refused, and nobody gives up.
        Assert.All(load.Errors.Keys, kind => Assert.Matches("(OutcomeUnknownException|TimeoutException)$", kind));
        Assert.InRange(load.Errors.Values.Sum(), 0, load.History.Count / 100);
        Assert.All(load.History, sent => Assert.NotNull(sent.Outcome));
        await Verdict.HoldsAsync(silos, load);
    }

    [LongFact]
    [Trait("Category", "Chaos")]
    public async Task a_silo_that_was_declared_dead_and_comes_back_disturbs_nothing()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();

        silos.Freeze(2);
        await Eventually.TrueAsync("the frozen silo is declared dead", async () => await silos.DeclaredDeadAsync(2) > 0, SiloCluster.Patience);
        await load.ProgressAsync();
        silos.Thaw(2);
        // It learns what became of it and ends itself; until then it writes, rejects and answers as it likes.
        await silos.EndedAsync(2);
        await load.ProgressAsync();

        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    [Fact]
    public async Task aggregates_are_even_over_silos()
    {
        const int Aggregates = 10_000;
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.StopAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, Aggregates), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await load.Grains.GetGrain<IAccountGrain>($"p-{number}").Query(new GetAccount());
                    return;
                }
                catch (Exception error) when (attempt < 20 && error is TimeoutException or OrleansException)
                {
                    // A busy machine; the activation may have come about all the same.
                }
            }
        });

        var counts = (await load.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
            .Where(grain => grain.GrainType.Contains("Account", StringComparison.OrdinalIgnoreCase)).GroupBy(grain => grain.SiloAddress).Select(silo => silo.Sum(grain => grain.ActivationCount)).ToList();
        output.WriteLine(string.Join(", ", counts));
        Assert.Equal(SiloCluster.Size, counts.Count);
        Assert.InRange(counts.Sum(), Aggregates, Aggregates + 100);
        Assert.All(counts, count => Assert.InRange(count, counts.Average() * 0.9, counts.Average() * 1.1));
    }
}
