using System.Diagnostics;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>What takes minutes. The figures go to the test's output.</summary>
[Trait("Category", "Servers")]
[Trait("Category", "Chaos")]
[Collection(ClusterTests.Name)]
public sealed class LongClusterTests(SharedPostgres postgres, SharedKafka kafka, ITestOutputHelper output)
{
    [LongFact]
    public async Task twenty_kills_one_after_the_other_cost_no_command()
    {
        const int Kills = 20;
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        var periods = new List<(long From, long To)>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var number = kill % SiloCluster.Size;
            var from = Stopwatch.GetTimestamp();
            await silos.KillAsync(number);
            await silos.ActiveAsync(SiloCluster.Size - 1);
            await load.ProgressAsync();
            periods.Add((from, Stopwatch.GetTimestamp()));
            await silos.StartAsync(number);
            await silos.ActiveAsync(SiloCluster.Size);
            await load.ProgressAsync(30);
        }

        await load.StopAsync();
        foreach (var way in Enum.GetValues<Way>())
        {
            output.WriteLine($"{way}: without an answer after a kill {Spread(period => load.LongestSilence(way, period.From, period.To))}; longest request {Spread(period => load.Longest(way, period.From, period.To))}");
        }

        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);

        string Spread(Func<(long From, long To), TimeSpan> cost)
        {
            var costs = periods.Select(cost).Order().ToList();
            return $"p50 {costs[Kills / 2].TotalSeconds:0.0} s, max {costs[^1].TotalSeconds:0.0} s";
        }
    }

    [LongFact]
    public async Task a_database_that_is_away_for_three_minutes_costs_no_command()
    {
        Assert.SkipUnless(SharedKafka.IsReal, "Needs a real broker: the embedded one keeps 5 MiB a partition, and three minutes of commands are more.");
        using var folder = new TestFolder();
        await using var own = await LosingServersTests.OwnPostgresAsync(folder);
        await using var silos = await SiloCluster.StartAsync(own.ConnectionString, await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();

        var away = Stopwatch.GetTimestamp();
        await own.StopAsync(immediate: true);
        await silos.NotReadyAsync();
        output.WriteLine($"every silo says so after {Stopwatch.GetElapsedTime(away).TotalSeconds:0.0} s");
        // A restart mends nothing: not ready, and live all the same.
        await silos.StayAsync(ready: false, live: true, TimeSpan.FromMinutes(3) - Stopwatch.GetElapsedTime(away));
        await own.StartAgainAsync(TestContext.Current.CancellationToken);
        var back = Stopwatch.GetTimestamp();

        await load.ProgressAsync();
        output.WriteLine($"both ways progress {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after the database's return: {load.Cost(back, Stopwatch.GetTimestamp())}");
        await silos.ReadyAsync();
        output.WriteLine($"every silo is ready {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after it");
        await load.StopAsync();
        output.WriteLine($"{load}");
        Assert.Equal(0, await silos.DeclaredDeadAsync());
        await Verdict.HoldsAsync(silos, load);
    }

    [LongFact]
    public async Task one_of_three_brokers_that_dies_costs_no_command()
    {
        Assert.SkipUnless(LosingServersTests.HasInstallation, "Needs KAFKA_HOME: three brokers are run.");
        using var folder = new TestFolder();
        await using var brokers = await BrokerTrio.StartAsync(folder);
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), brokers.Broker, BrokerTrio.Size);
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        var topics = brokers.ReplicasOf($"{silos.Prefix}.");
        Assert.Superset(
            SiloCluster.Topics.SelectMany(kind =>
                new[] { $"{silos.Prefix}.{kind}.commands", $"{silos.Prefix}.{kind}.dead-letter" }).ToHashSet(),
            topics.Select(topic => topic.Topic).ToHashSet());
        Assert.All(topics, topic => Assert.Equal((topic.Topic, BrokerTrio.Size), topic));

        var killed = Stopwatch.GetTimestamp();
        await brokers.KillAsync(0);
        await load.ProgressAsync();
        output.WriteLine($"one broker of three is killed: {load.Cost(killed, Stopwatch.GetTimestamp())}");
        await brokers.StartAsync(0);
        await brokers.InSyncAsync($"{silos.Prefix}.");
        await load.ProgressAsync();

        await silos.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    [LongFact]
    public async Task busy_cores_make_no_silo_look_dead()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        var busy = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Process.Start("/bin/sh", ["-c", "while :; do :; done"])).ToList();
        try
        {
            var from = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            output.WriteLine(load.Cost(from, Stopwatch.GetTimestamp()));
            Assert.Equal(0, await silos.DeclaredDeadAsync());
        }
        finally
        {
            foreach (var process in busy)
            {
                process.Kill();
                process.Dispose();
            }
        }

        await load.ProgressAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }
}
