using Phoenix.Dispatch;
using Phoenix.Local;
using Phoenix.Tests.Gateway;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>The broker is killed and comes back: silo and gateway say so, go on living, and are ready again by themselves.</summary>
[Trait("Category", "Servers")]
public sealed class BrokerOutageHealthTests(SharedPostgres postgres, SharedKafka kafka)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [RealBrokerFact]
    public async Task silo_and_gateway_notice_an_outage_of_the_broker_and_its_end()
    {
        Assert.SkipUnless(!string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(InstalledKafka.Variable)), "Needs KAFKA_HOME: the broker is killed.");
        using var folder = new TestFolder();
        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], TestContext.Current.CancellationToken);
        await using var silo = await HealthySilo.StartAsync(await postgres.NewDatabaseAsync(), broker.BootstrapServers, "health");
        await using var gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", broker.BootstrapServers), ("Phoenix:TopicPrefix", "health"), ("Phoenix:Gateway:Token", RunningGateway.Token));
        Func<Task<HealthAnswer>>[] processes = [silo.ReadyAsync, () => HealthAnswer.GetAsync(gateway.Http, "/health/ready")];
        Func<Task<HealthAnswer>>[] lives = [silo.LiveAsync, () => HealthAnswer.GetAsync(gateway.Http, "/health/live")];
        foreach (var ready in processes) await Eventually.TrueAsync("ready", async () => (await ready()).IsGood, Patience);

        var before = DateTimeOffset.UtcNow;
        await broker.StopAsync(immediate: true);
        foreach (var ready in processes) await Eventually.TrueAsync("not ready, for the broker", async () => (await ready()).Unhealthy.Contains("broker"), Patience);
        foreach (var ready in processes) Assert.InRange((await ready()).Check("broker").GetProperty("since").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
        foreach (var live in lives) Assert.True((await live()).IsGood);
        Assert.DoesNotContain(broker.BootstrapServers, (await silo.ReportAsync()).Text, StringComparison.Ordinal);

        await broker.StartAgainAsync(TestContext.Current.CancellationToken);
        foreach (var ready in processes) await Eventually.TrueAsync("ready again", async () => (await ready()).IsGood, Patience);
    }

    [Fact]
    public async Task the_report_has_the_lag_of_each_partition()
    {
        var prefix = $"t{Guid.NewGuid():N}"[..12];
        var kinds = DomainModel.Of(typeof(Account).Assembly).Aggregates.Keys.ToList();
        foreach (var topic in kinds.SelectMany(kind => new[] { $"{prefix}.{kind}.commands", $"{prefix}.{kind}.dead-letter" }))
            await kafka.CreateTopicAsync(topic, 3);
        await using var silo = await HealthySilo.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BootstrapAsync(), prefix);
        await Eventually.TrueAsync("all partitions are read, without lag", async () =>
        {
            var partitions = (await silo.ReportAsync()).Check("partitions").GetProperty("data").GetProperty("partitions").EnumerateArray().ToList();
            return kinds.All(kind => partitions.Count(
                partition => partition.GetProperty("topic").GetString() == $"{prefix}.{kind}.commands") == 3)
                && partitions.All(partition => partition.TryGetProperty("lag", out var lag) && lag.GetInt64() == 0);
        });
        Assert.True((await silo.ReportAsync()).IsGood);
    }
}
