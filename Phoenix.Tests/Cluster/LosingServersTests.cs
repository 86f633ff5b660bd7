using System.Diagnostics;
using Phoenix.Local;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>Three silo processes lose the servers they stand on, while clients send commands. The servers are the test's own.</summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed class LosingServersTests(SharedKafka kafka, ITestOutputHelper output)
{
    [Fact]
    public async Task a_database_that_crashes_and_comes_back_costs_no_command()
    {
        using var folder = new TestFolder();
        await using var postgres = await OwnPostgresAsync(folder);
        await using var silos = await SiloCluster.StartAsync(postgres.ConnectionString, await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();

        await postgres.StopAsync(immediate: true);
        await silos.NotReadyAsync();
        await postgres.StartAgainAsync(TestContext.Current.CancellationToken);
        var back = Stopwatch.GetTimestamp();

        await load.ProgressAsync();
        output.WriteLine($"after the database's return: {load.Cost(back, Stopwatch.GetTimestamp())}");
        await silos.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        Assert.Equal(0, await silos.DeclaredDeadAsync());
        await Verdict.HoldsAsync(silos, load);
    }

    [LongFact]
    [Trait("Category", "Long")]
    public async Task a_silo_is_told_to_stop_while_there_is_no_database_and_ends()
    {
        using var folder = new TestFolder();
        await using var postgres = await OwnPostgresAsync(folder);
        await using var silos = await SiloCluster.StartAsync(postgres.ConnectionString, await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();

        await postgres.StopAsync(immediate: true);
        await silos.NotReadyAsync();
        var (took, exitCode) = await silos.StopAsync(1);
        output.WriteLine($"stopped in {took}, exit code {exitCode}");
        await postgres.StartAgainAsync(TestContext.Current.CancellationToken);
        Assert.True(took < SiloCluster.StopLimit, $"it took {took}");

        await load.ProgressAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    [LongFact]
    [Trait("Category", "Chaos")]
    public async Task a_broker_that_crashes_and_comes_back_costs_no_command()
    {
        Assert.SkipUnless(HasInstallation, "Needs KAFKA_HOME: the broker is killed.");
        using var folder = new TestFolder();
        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], TestContext.Current.CancellationToken);
        using var postgresFolder = new TestFolder();
        await using var postgres = await OwnPostgresAsync(postgresFolder);
        await using var silos = await SiloCluster.StartAsync(postgres.ConnectionString, broker);
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();

        var crashed = Stopwatch.GetTimestamp();
        await broker.StopAsync(immediate: true);
        await silos.NotReadyAsync();
        await broker.StartAgainAsync(TestContext.Current.CancellationToken);
        var back = Stopwatch.GetTimestamp();

        await load.ProgressAsync();
        output.WriteLine($"the broker was away for {Stopwatch.GetElapsedTime(crashed, back).TotalSeconds:0.0} s; after its return: {load.Cost(back, Stopwatch.GetTimestamp())}");
        await silos.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    internal static bool HasInstallation => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(InstalledKafka.Variable));

    internal static Task<PostgresServer> OwnPostgresAsync(TestFolder folder)
    {
        Assert.SkipWhen(!string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(ConfiguredPostgres.Variable)), "The server of PHOENIX_POSTGRES is not ours to stop.");
        return PostgresServer.StartAsync(TestOptions.In(folder), TestContext.Current.CancellationToken);
    }
}
