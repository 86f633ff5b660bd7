using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Partitioner = Confluent.Kafka.Partitioner;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// Records from a plain producer to a plain consumer, with the settings that the product's have: what the broker itself takes.
/// </summary>
internal sealed class PlainRecords : IDisposable
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<DateTimeOffset>> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly string _topic;
    private readonly Thread _thread;
    private long _last;

    public PlainRecords(string bootstrap, string topic, int partitions)
    {
        _topic = topic;
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, SocketNagleDisable = true,
            Partitioner = Partitioner.Murmur2Random, DeliveryReportFields = "status",
        }).SetLogHandler((_, _) => { }).Build();
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, GroupId = "bench-plain", EnableAutoCommit = true, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        _thread = new Thread(Receive) { IsBackground = true, Name = "plain" };
        _thread.Start();
    }

    /// <summary>Sends a record and waits until it has come: when it was sent, and how long it took.</summary>
    public async Task<(DateTimeOffset Sent, TimeSpan Latency)> SendAsync()
    {
        var number = Interlocked.Increment(ref _last);
        var came = _open[number] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var text = number.ToString(CultureInfo.InvariantCulture);
        var sent = DateTimeOffset.UtcNow;
        var (key, value) = (Encoding.UTF8.GetBytes($"t-{number % 1000:0000000}"), Encoding.UTF8.GetBytes(text));
        _producer.Produce(_topic, new() { Key = key, Value = value }, report =>
        {
            if (report.Error.IsError) came.TrySetException(new KafkaException(report.Error));
        });
        return (sent, await came.Task - sent);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _thread.Join();
        _consumer.Close();
        _consumer.Dispose();
        _producer.Dispose();
        _stopping.Dispose();
    }

    private void Receive()
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record) continue;
            var number = long.Parse(Encoding.UTF8.GetString(record.Message.Value), CultureInfo.InvariantCulture);
            if (_open.TryRemove(number, out var waiting)) waiting.TrySetResult(DateTimeOffset.UtcNow);
        }
    }
}
