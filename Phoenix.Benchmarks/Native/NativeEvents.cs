using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Messages;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// Sends events as <c>docs/wire.md</c> says and as long as the product's, with the product's settings of a producer but for what makes that
/// one stop at a gap.
/// </summary>
internal sealed class NativeEvents : IDisposable
{
    private const int MostOpen = 20_000;
    private static readonly byte[] Version = "1.0"u8.ToArray();
    private static readonly byte[] Source = "native"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly string _topic;
    private readonly Action<DeliveryReport<byte[], byte[]>> _delivered;
    private int _open;

    public NativeEvents(string bootstrap, string topic)
    {
        _topic = topic;
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, SocketNagleDisable = true,
            Partitioner = Partitioner.Murmur2Random, QueueBufferingMaxMessages = 1_000_000, DeliveryReportFields = "status",
        }).SetLogHandler((_, _) => { }).Build();
        _delivered = report =>
        {
            if (report.Error.IsError) Environment.FailFast($"A record was not stored: {report.Error.Reason}");
            Interlocked.Decrement(ref _open);
        };
    }

    /// <summary>Waits until not too many are under way.</summary>
    public async Task RoomAsync()
    {
        while (Volatile.Read(ref _open) > MostOpen) await Task.Delay(1);
    }

    public void Send(NativeEvent one)
    {
        Interlocked.Increment(ref _open);
        _producer.Produce(_topic, new Message<byte[], byte[]>
        {
            Key = Utf8(one.Stream[(one.Stream.IndexOf('/', StringComparison.Ordinal) + 1)..]),
            Value = one.Data,
            Headers = new Headers
            {
                { WireHeaders.SpecVersion, Version }, { WireHeaders.Id, Utf8($"native:{one.Id:N}:0:1") },
                { WireHeaders.Type, Utf8(one.Type) }, { WireHeaders.Source, Source },
                { WireHeaders.Time, Utf8(one.Time.ToString("O", CultureInfo.InvariantCulture)) },
                { WireHeaders.ContentType, Json }, { "ce_subject", Utf8(one.Stream) },
                { "ce_aggregateversion", Utf8(one.Version.ToString(CultureInfo.InvariantCulture)) },
                { "ce_position", Utf8(string.Create(CultureInfo.InvariantCulture, $"0:{0:d11}-{1:d6}-{one.Sequence:d19}-{0:d4}")) },
                { "ce_causationid", Utf8(one.CausationId) },
            },
        }, _delivered);
    }

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
