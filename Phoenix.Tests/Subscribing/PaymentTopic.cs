using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;

namespace Phoenix.Tests.Subscribing;

/// <summary>A topic of somebody else's: written with a plain client.</summary>
internal sealed class PaymentTopic : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public PaymentTopic(string bootstrap, string name)
    {
        (Bootstrap, Name) = (bootstrap, name);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap, EnableIdempotence = true,
            LingerMs = 5, MessageMaxBytes = 16 * 1024 * 1024 }).Build();
    }

    public string Bootstrap { get; }

    public string Name { get; }

    public static string NewName() => $"payments_{Guid.NewGuid():N}";

    /// <summary>Writes a payment.</summary>
    public Task<TopicPartitionOffset> PayAsync(string account, decimal amount, int partition = 0) =>
        WriteAsync(Body(account, amount), null, partition);

    /// <summary>Writes anything.</summary>
    public async Task<TopicPartitionOffset> WriteAsync(
        string? value, byte[]? key, int partition = 0, params (string Name, byte[]? Value)[] headers) =>
        await WriteAsync(value is null ? null : Encoding.UTF8.GetBytes(value), key, partition, headers);

    /// <inheritdoc cref="WriteAsync(string?, byte[], int, ValueTuple{string, byte[]}[])"/>
    public async Task<TopicPartitionOffset> WriteAsync(
        byte[]? value, byte[]? key, int partition, params (string Name, byte[]? Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = [] };
        foreach (var (name, content) in headers) message.Headers.Add(name, content);
        return (await _producer.ProduceAsync(new TopicPartition(Name, partition), message)).TopicPartitionOffset;
    }

    public static string Body(string account, decimal amount) => FormattableString.Invariant($$"""{"account":"{{account}}","amount":{{amount}}}""");

    /// <summary>Deletes the topic and makes it again.</summary>
    public async Task RecreateAsync(int partitions)
    {
        using var admin = new KafkaTopics(Bootstrap);
        await admin.DeleteAsync(Name);
        await Eventually.TrueAsync("the topic is gone", async () => await admin.DescribeAsync(Name) is null);
        await admin.EnsureAsync(Name, partitions);
    }

    public void Dispose() => _producer.Dispose();
}
