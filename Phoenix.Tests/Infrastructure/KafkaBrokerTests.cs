using Phoenix.Kafka;
using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

[Trait("Category", "Servers")]
public sealed class KafkaBrokerTests
{
    [Fact]
    public async Task the_embedded_broker_carries_records_with_key_headers_and_group_offsets()
    {
        using var folder = new TestFolder();
        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new EmbeddedKafka()], Token);
        await CarriesRecordsAsync(broker);
        using var topics = new KafkaTopics(broker.BootstrapServers);
        Assert.True(await topics.IsEmbeddedAsync());
    }

    [RealBrokerFact]
    public async Task an_installation_carries_records_with_key_headers_and_group_offsets()
    {
        Assert.SkipUnless(HasInstallation, "Needs KAFKA_HOME.");
        using var folder = new TestFolder();
        await using var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], Token);
        Assert.Equal("kafka", broker.Kind);
        await CarriesRecordsAsync(broker);
        using var topics = new KafkaTopics(broker.BootstrapServers);
        Assert.False(await topics.IsEmbeddedAsync());
    }

    [RealBrokerFact]
    public async Task records_of_an_installation_survive_a_stop_a_kill_and_the_end_of_the_program()
    {
        Assert.SkipUnless(HasInstallation, "Needs KAFKA_HOME.");
        using var folder = new TestFolder();
        string servers;
        await using (var broker = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], Token))
        {
            servers = broker.BootstrapServers;
            await broker.CreateTopicAsync("kept", 3, Token);
            await KafkaClient.ProduceAsync(servers, "kept", "key", "value");

            await broker.StopAsync();
            await broker.StartAgainAsync(Token);
            Assert.Equal("value", (await KafkaClient.ConsumeAsync(servers, "kept", "after-stop")).Message.Value);

            await broker.StopAsync(immediate: true);
            await broker.StartAgainAsync(Token);
            Assert.Equal("value", (await KafkaClient.ConsumeAsync(servers, "kept", "after-kill")).Message.Value);
        }

        await using var next = await KafkaBroker.StartAsync(TestOptions.In(folder), [new InstalledKafka()], Token);
        Assert.Equal(servers, next.BootstrapServers);
        Assert.Equal("value", (await KafkaClient.ConsumeAsync(servers, "kept", "after-end")).Message.Value);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool HasInstallation => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(InstalledKafka.Variable));

    private static async Task CarriesRecordsAsync(KafkaBroker broker)
    {
        await broker.CreateTopicAsync("topic", 3, Token);
        await broker.CreateTopicAsync("topic", 3, Token);

        await KafkaClient.ProduceAsync(broker.BootstrapServers, "topic", "key", "first", ("ce_id", "1"));
        var record = await KafkaClient.ConsumeAsync(broker.BootstrapServers, "topic");
        await KafkaClient.ProduceAsync(broker.BootstrapServers, "topic", "key", "second", ("ce_id", "2"));
        var afterCommit = await KafkaClient.ConsumeAsync(broker.BootstrapServers, "topic");

        Assert.Equal(("key", "first", "1"), (record.Message.Key, record.Message.Value, record.Header("ce_id")));
        Assert.Equal(("key", "second", "2"), (afterCommit.Message.Key, afterCommit.Message.Value, afterCommit.Header("ce_id")));
    }
}
