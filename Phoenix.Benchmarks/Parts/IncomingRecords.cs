using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Phoenix.Benchmarks.Rig;
using Phoenix.Kafka;
using Partitioner = Confluent.Kafka.Partitioner;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Records that a plain producer writes to a topic, so many under way, and how many of them are done, as the silo that reads them says.
/// </summary>
internal sealed class IncomingRecords : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly byte[] Value = Encoding.UTF8.GetBytes("""{"amount":5}""");

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly IKafkaHealth _health;
    private readonly string _topic;
    private readonly bool _isCommand;
    private long _sent;
    private string? _failure;

    /// <param name="bootstrap">The broker.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="isCommand">Whether the records are commands of ours, with the headers that those have.</param>
    /// <param name="health">Says what is done.</param>
    public IncomingRecords(string bootstrap, string topic, bool isCommand, IKafkaHealth health)
    {
        (_topic, _isCommand, _health) = (topic, isCommand, health);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, SocketNagleDisable = true,
            Partitioner = Partitioner.Murmur2Random, DeliveryReportFields = "status",
        }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Writes for so long, with so many under way, and waits until the last is done. Tells how many.</summary>
    public async Task<long> RunAsync(TimeSpan time, int underWay, Func<string> nextKey)
    {
        var (begun, since) = (_sent, Stopwatch.GetTimestamp());
        using var rhythm = new PeriodicTimer(Pause);
        while (Stopwatch.GetElapsedTime(since) < time)
        {
            for (var room = underWay - (_sent - Done()); room > 0; room--) Send(nextKey());
            await rhythm.WaitForNextTickAsync();
        }

        while (Done() < _sent) await rhythm.WaitForNextTickAsync();
        return _sent - begun;
    }

    public void Dispose() => _producer.Dispose();

    private long Done() => _failure is { } failure ? throw new PartFailedException($"A record was not written: {failure}.")
        : _health.Partitions.Where(one => one.Topic == _topic && one.IsReadHere).Sum(one => one.DoneOffset ?? 0);

    private void Send(string key)
    {
        _sent++;
        var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = Value, Headers = [] };
        if (_isCommand)
        {
            foreach (var (name, value) in new[]
            {
                ("ce_specversion", "1.0"), ("ce_id", Guid.NewGuid().ToString()), ("ce_type", "bench.add"), ("ce_source", "load"),
            })
            {
                message.Headers.Add(name, Encoding.UTF8.GetBytes(value));
            }
        }

        _producer.Produce(_topic, message, report =>
        {
            if (report.Error.IsError) _failure = report.Error.Reason;
        });
    }
}
