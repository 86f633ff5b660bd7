using Phoenix.AppHost.Infrastructure;
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

        await load.ProgressAsync();
        await silos.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        Assert.Equal(0, await silos.DeclaredDeadAsync());
        await Verdict.HoldsAsync(silos, load);
    }

    [RealBrokerFact]
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

        await broker.StopAsync(immediate: true);
        await silos.NotReadyAsync();
        await broker.StartAgainAsync(TestContext.Current.CancellationToken);

        await load.ProgressAsync();
        await silos.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load}");
        await Verdict.HoldsAsync(silos, load);
    }

    private static bool HasInstallation => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(InstalledKafka.Variable));

    internal static Task<PostgresServer> OwnPostgresAsync(TestFolder folder)
    {
        Assert.SkipWhen(!string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(ConfiguredPostgres.Variable)), "The server of PHOENIX_POSTGRES is not ours to stop.");
        return PostgresServer.StartAsync(TestOptions.In(folder), TestContext.Current.CancellationToken);
    }
}
