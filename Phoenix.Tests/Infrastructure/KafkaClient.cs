using Confluent.Kafka;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>Writes and reads records the plain way.</summary>
internal static class KafkaClient
{
    public static async Task<DeliveryResult<string, string>> ProduceAsync(
        string servers, string topic, string key, string value, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = servers, Acks = Acks.All, EnableIdempotence = true, LingerMs = 5 }).Build();
        var message = new Message<string, string> { Key = key, Value = value, Headers = [] };
        foreach (var header in headers)
            message.Headers.Add(header.Name, System.Text.Encoding.UTF8.GetBytes(header.Value));
        return await producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken);
    }

    public static Task<ConsumeResult<string, string>> ConsumeAsync(string servers, string topic, string group = "tests") => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = servers, GroupId = group, AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 5,
            // The embedded broker takes this long, less a second, to let a consumer join a group that had members before.
            SessionTimeoutMs = 6000,
        }).Build();
        consumer.Subscribe(topic);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Eventually.Patience);
        var record = consumer.Consume(deadline.Token);
        consumer.Commit(record);
        consumer.Close();
        return record;
    });

    public static string Header(this ConsumeResult<string, string> record, string name) =>
        System.Text.Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
