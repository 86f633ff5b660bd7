using Phoenix.Kafka;
using Phoenix.Local;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Wire;

[Trait("Category", "Servers")]
public sealed class BrokerRestartTests
{
    [RealBrokerFact]
    public async Task a_broker_that_is_killed_and_comes_back_costs_no_record_and_no_order()
    {
        Assert.SkipUnless(HasInstallation, "Needs KAFKA_HOME: the broker is killed.");
        using var folder = new TestFolder();
        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], TestContext.Current.CancellationToken);
        await using var cluster = await WireCluster.StartAsync(broker.BootstrapServers, new KafkaTopic("wire", "restart.commands"));
        await cluster.SendAsync(500, keys: 50);
        await Eventually.TrueAsync("the first records are delivered", () => cluster.Recorder.Count >= 500);

        await broker.StopAsync(immediate: true);
        await Eventually.TrueAsync("health says that the broker is away", () => cluster.Partitions.All(each => !each.IsHealthy));
        var sending = cluster.SendAsync(500, keys: 50, from: 500);
        await broker.StartAgainAsync(TestContext.Current.CancellationToken);
        await sending;
        await Eventually.TrueAsync("the later records are delivered", () => cluster.Recorder.Count >= 1_000);

        foreach (var key in cluster.Recorder.Keys)
            Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number}"), cluster.Recorder.Bodies(key));
        await Eventually.TrueAsync("health is good again", () => cluster.Partitions.All(each => each.IsHealthy));
    }

    private static bool HasInstallation => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(InstalledKafka.Variable));
}
