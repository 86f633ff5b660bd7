using Confluent.Kafka;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// The consumer of the hand-written twins on a thread of its own. An offset is stored when it and all before it in its partition are done.
/// </summary>
internal sealed class NativeIntake : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<TopicPartition, Queue<(Offset Offset, bool[] Done)>> _open = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Thread? _thread;

    public NativeIntake(string bootstrap, string topic, int partitions)
    {
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, GroupId = $"{topic}.native", EnableAutoOffsetStore = false, EnableAutoCommit = true, AutoCommitIntervalMs = 1000,
            AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 100, FetchQueueBackoffMs = 5, QueuedMinMessages = 2_000, SocketNagleDisable = true,
        }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Stored)));
    }

    /// <summary>Hands over the records of each poll, at most so many, in order; the action returns when it will take more.</summary>
    public void Start(int atMost, Action<IReadOnlyList<NativeCommand>> take)
    {
        _thread = new Thread(() => Run(atMost, take)) { IsBackground = true, Name = "native-intake" };
        _thread.Start();
    }

    /// <summary>What to call when a command is done.</summary>
    public Action DoneWith(NativeCommand command)
    {
        var done = new bool[1];
        lock (_gate)
        {
            if (!_open.TryGetValue(command.Position.TopicPartition, out var open)) _open[command.Position.TopicPartition] = open = [];
            open.Enqueue((command.Position.Offset, done));
        }

        return () => Finish(command.Position.TopicPartition, done);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _thread?.Join();
        _consumer.Close();
        _consumer.Dispose();
        _stopping.Dispose();
    }

    private void Run(int atMost, Action<IReadOnlyList<NativeCommand>> take)
    {
        var records = new List<NativeCommand>();
        while (!_stopping.IsCancellationRequested)
        {
            records.Clear();
            var record = _consumer.Consume(TimeSpan.FromMilliseconds(100));
            while (record is not null)
            {
                records.Add(NativeCommand.Read(record));
                record = records.Count < atMost ? _consumer.Consume(TimeSpan.Zero) : null;
            }

            if (records.Count > 0) take(records);
        }
    }

    private void Finish(TopicPartition partition, bool[] done)
    {
        lock (_gate)
        {
            done[0] = true;
            var open = _open[partition];
            Offset? last = null;
            while (open.TryPeek(out var first) && first.Done[0]) last = open.Dequeue().Offset;
            if (last is { } offset && !_stopping.IsCancellationRequested) _consumer.StoreOffset(new TopicPartitionOffset(partition, offset + 1));
        }
    }
}
