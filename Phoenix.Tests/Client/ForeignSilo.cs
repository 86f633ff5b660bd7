using System.Text;
using Confluent.Kafka;

namespace Phoenix.Tests.Client;

/// <summary>
/// The other end of the wire, written from docs/wire.md with a bare Kafka client, as an implementation in another language would be.
/// </summary>
public sealed class ForeignSilo : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _reading = new();

    public ForeignSilo(string bootstrapServers, string commandTopic, int partitions)
    {
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "foreign-silo",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 5,
        }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(commandTopic, partition, Offset.Beginning)));
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers, LingerMs = 5 }).Build();
    }

    /// <summary>The next record of the command topic.</summary>
    public Task<ConsumeResult<byte[], byte[]>> NextAsync() => Task.Run(() =>
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        patience.CancelAfter(Eventually.Patience);
        lock (_reading)
        {
            _closing.Token.ThrowIfCancellationRequested();
            try
            {
                return _consumer.Consume(patience.Token);
            }
            catch (OperationCanceledException) when (!_closing.IsCancellationRequested)
            {
                throw new TimeoutException("No record came to the command topic.");
            }
        }
    });

    /// <summary>True when no record is waiting.</summary>
    public bool IsIdle() => _consumer.Consume(TimeSpan.FromMilliseconds(200)) is null;

    /// <summary>Replies to a request where it asks to be replied to.</summary>
    public Task ReplyAsync(ConsumeResult<byte[], byte[]> request, string body) => ReplyAsync(request, body, Header(request, "requestid")!);

    /// <summary>Replies under another request id.</summary>
    public Task ReplyAsync(ConsumeResult<byte[], byte[]> request, string body, string requestId)
    {
        var headers = new Headers
        {
            { "ce_specversion", "1.0"u8.ToArray() },
            { "ce_type", "phoenix.reply"u8.ToArray() },
            { "requestid", Encoding.UTF8.GetBytes(requestId) },
            { "content-type", "application/json"u8.ToArray() },
        };
        var target = new TopicPartition(Header(request, "replyto"), int.Parse(Header(request, "replypartition")!, null));
        return _producer.ProduceAsync(target, new() { Key = request.Message.Key, Value = Encoding.UTF8.GetBytes(body), Headers = headers });
    }

    public static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    public static string Accepted(string commandId, bool repeated = false) =>
        $$"""{"status":"accepted","commandId":"{{commandId}}","versionBefore":4,"versionAfter":5,"reply":130.5,"repeated":{{(repeated ? "true" : "false")}},"later":[1,{"x":2}]}""";

    public void Dispose()
    {
        // A test may leave a call of Consume behind. The native client must not go under it: that corrupts the process's memory.
        _closing.Cancel();
        lock (_reading) _consumer.Dispose();
        _producer.Dispose();
    }
}
