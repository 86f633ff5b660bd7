using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

[Trait("Category", "Servers")]
public sealed class FindingKafkaTests(SharedKafka shared)
{
    [Fact]
    public async Task the_bootstrap_servers_of_the_environment_come_first()
    {
        using var folder = new TestFolder();
        var servers = await shared.BootstrapAsync();

        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder, ("PHOENIX_KAFKA", servers)), Token);

        Assert.Equal("external", broker.Kind);
        Assert.Equal(servers, broker.BootstrapServers);
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.StopAsync());
    }

    [Fact]
    public async Task a_configured_broker_that_does_not_answer_is_an_error_and_not_replaced_by_another()
    {
        using var folder = new TestFolder();

        var error = await Assert.ThrowsAsync<InfrastructureNotFoundException>(
            () => KafkaBroker.StartAsync(TestOptions.In(folder, ("PHOENIX_KAFKA", "127.0.0.1:1")), Token));

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_anything_installed_there_is_the_embedded_broker()
    {
        using var folder = new TestFolder();
        var options = TestOptions.In(folder, ("KAFKA_HOME", ""), ("PHOENIX_KAFKA", ""), ("PATH", ""));

        await using var broker = await KafkaBroker.StartAsync(options, Token);

        Assert.Equal("embedded", broker.Kind);
        Assert.False(broker.IsReal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.StopAsync());
    }

    [Fact]
    public async Task a_home_without_an_installation_is_named_as_the_reason()
    {
        using var folder = new TestFolder();

        var attempt = await new InstalledKafka().TryAsync(TestOptions.In(folder, ("KAFKA_HOME", folder.Path)), Token);

        Assert.Null(attempt.Server);
        Assert.Contains("kafka-server-start.sh", attempt.Reason, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
