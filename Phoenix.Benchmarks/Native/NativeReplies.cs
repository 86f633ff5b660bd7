using System.Text;
using Confluent.Kafka;
using Phoenix.Messages;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// Sends replies with the settings of the product's producer and as <c>docs/wire.md</c> says, so that every side has the same client.
/// </summary>
internal sealed class NativeReplies : IDisposable
{
    private static readonly byte[] Version = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();
    private static readonly byte[] Type = "phoenix.reply"u8.ToArray();
    private static readonly byte[] Accepted = "accepted"u8.ToArray();
    private readonly IProducer<byte[], byte[]> _producer;

    public NativeReplies(string bootstrap) => _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, SocketNagleDisable = true, DeliveryReportFields = "status",
        QueueBufferingMaxMessages = 1_000_000,
    }).SetLogHandler((_, _) => { }).Build();

    /// <summary>Sends; <paramref name="onStored"/> is called when the broker has it.</summary>
    public void Send(NativeCommand command, long version, Action onStored)
    {
        var id = command.Id.ToString();
        var idBytes = Encoding.ASCII.GetBytes(id);
        var body = ReplyBody.Of(new Outcome { CommandId = id, Status = OutcomeStatus.Accepted, VersionBefore = version - 1, VersionAfter = version });
        _producer.Produce(command.ReplyTo, new Message<byte[], byte[]>
        {
            Key = command.Key,
            Value = body.ToUtf8Json(),
            Headers = new Headers
            {
                { WireHeaders.SpecVersion, Version }, { WireHeaders.Id, idBytes }, { WireHeaders.Type, Type }, { WireHeaders.Source, command.Key },
                { WireHeaders.ContentType, Json }, { WireHeaders.CorrelationId, idBytes }, { WireHeaders.CommandId, idBytes },
                { WireHeaders.Status, Accepted }, { WireHeaders.RequestId, command.RequestId },
            },
        }, report =>
        {
            if (!report.Error.IsError) onStored();
        });
    }

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
    }
}
