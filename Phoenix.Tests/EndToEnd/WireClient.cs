using Confluent.Kafka;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// A client of docs/wire.md as a stranger writes it, from that page alone and with a bare Kafka library: nothing of Phoenix is used.
/// </summary>
public sealed class WireClient : IDisposable
{
    private readonly string _bootstrap;
    private readonly string _prefix;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly List<WireRecord> _received = [];
    private readonly List<Wait> _waits = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _reading;

    private WireClient(string bootstrap, string prefix)
    {
        (_bootstrap, _prefix) = (bootstrap, prefix);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Partitioner = Partitioner.Murmur2Random,
            EnableIdempotence = true,
            LingerMs = 5,
            MessageMaxBytes = 16 * 1024 * 1024,
        }).Build();
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, GroupId = $"{prefix}.stranger", EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).Build();
        _reading = new(Read) { IsBackground = true };
    }

    public string ReplyTopic => $"{_prefix}.stranger.replies";

    /// <summary>Starts to read the replies and what these aggregates gave up; their topics exist.</summary>
    public static async Task<WireClient> StartAsync(SharedKafka kafka, string prefix, params string[] aggregates)
    {
        var client = new WireClient(await kafka.BootstrapAsync(), prefix);
        await kafka.CreateTopicAsync(client.ReplyTopic, 2);
        client._consumer.Assign(aggregates.Select(client.DeadLetterTopic).Append(client.ReplyTopic).SelectMany(client.Partitions)
            .Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        client._reading.Start();
        return client;
    }

    public string CommandTopic(string aggregate) => $"{_prefix}.{aggregate}.commands";

    public string DeadLetterTopic(string aggregate) => $"{_prefix}.{aggregate}.dead-letter";

    /// <summary>Posts a record; records are stored in the order of the calls.</summary>
    public async Task<TopicPartitionOffset> SendAsync(WireRequest request)
    {
        var message = new Message<byte[]?, byte[]?> { Key = request.Key, Value = request.Body, Headers = [] };
        foreach (var (name, value) in request.Headers) message.Headers.Add(name, value);
        return (await _producer.ProduceAsync(CommandTopic(request.Aggregate), message)).TopicPartitionOffset;
    }

    /// <summary>Posts a record and waits for its reply.</summary>
    public async Task<WireRecord> RequestAsync(WireRequest request)
    {
        await SendAsync(request);
        return await ReplyAsync(request);
    }

    public async Task<WireRecord> ReplyAsync(WireRequest request) => (await RepliesAsync(request, 1))[0];

    /// <summary>Waits for this many replies to one request id.</summary>
    public Task<IReadOnlyList<WireRecord>> RepliesAsync(WireRequest request, int count) =>
        ReceivedAsync($"{count} replies to {request.Text("ce_type")} {request.RequestId}", record => record.Place.Topic == ReplyTopic && record["requestid"] == request.RequestId, count);

    /// <summary>Waits for the dead letter of the record that was stored here.</summary>
    public async Task<WireRecord> DeadLetterAsync(TopicPartitionOffset origin) => (await DeadLettersAsync(origin, 1))[0];

    /// <summary>Waits for this many dead letters of the record that was stored here.</summary>
    public Task<IReadOnlyList<WireRecord>> DeadLettersAsync(TopicPartitionOffset origin, int count) => ReceivedAsync(
        $"{count} dead letter(s) of {origin}",
        record => record["deadlettertopic"] == origin.Topic && record["deadletterpartition"] == $"{origin.Partition.Value}" && record["deadletteroffset"] == $"{origin.Offset.Value}",
        count);

    /// <summary>What has come so far.</summary>
    public IReadOnlyList<WireRecord> Received(Func<WireRecord, bool> which)
    {
        lock (_received) return [.. _received.Where(which)];
    }

    /// <summary>The partitions of a topic.</summary>
    public IEnumerable<TopicPartition> Partitions(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        return admin.GetMetadata(topic, Eventually.Patience).Topics[0].Partitions.ConvertAll(partition => new TopicPartition(topic, partition.PartitionId));
    }

    /// <summary>For each partition of a command topic: the position the silos have committed, and the end of the log.</summary>
    public IEnumerable<(TopicPartition Partition, long Committed, long End)> Positions(string aggregate)
    {
        using var group = SiloGroup();
        foreach (var committed in group.Committed(Partitions(CommandTopic(aggregate)), Eventually.Patience))
            yield return (committed.TopicPartition, Math.Max(0, committed.Offset.Value), group.QueryWatermarkOffsets(committed.TopicPartition, Eventually.Patience).High.Value);
    }

    /// <summary>Takes the silos' positions back to the beginning, as if they had died before they committed any.</summary>
    public void ForgetPositions(string aggregate)
    {
        using var group = SiloGroup();
        group.Commit(Partitions(CommandTopic(aggregate)).Select(partition => new TopicPartitionOffset(partition, 0)));
    }

    public void Dispose()
    {
        _end.Cancel();
        _reading.Join();
        _consumer.Dispose();
        _producer.Dispose();
        _end.Dispose();
    }

    private IConsumer<byte[]?, byte[]?> SiloGroup() =>
        new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = _bootstrap, GroupId = $"{_prefix}.silos", EnableAutoCommit = false }).Build();

    private async Task<IReadOnlyList<WireRecord>> ReceivedAsync(string what, Func<WireRecord, bool> which, int count)
    {
        var wait = new Wait(which, count);
        lock (_received)
        {
            _received.ForEach(wait.Add);
            _waits.Add(wait);
        }

        try
        {
            return await wait.Found.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            lock (_received)
            {
                Assert.Fail($"Expected within {Eventually.Patience.TotalSeconds:0} s: {what}. "
                    + $"{_received.Count} records have come in all, {_waits.Count - 1} others are waited for.");
            }

            throw;
        }
        finally
        {
            lock (_received) _waits.Remove(wait);
        }
    }

    private void Read()
    {
        while (!_end.IsCancellationRequested)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is not { } consumed) continue;
            var record = WireRecord.Of(consumed);
            lock (_received)
            {
                _received.Add(record);
                _waits.ForEach(wait => wait.Add(record));
            }
        }
    }

    /// <summary>Someone who waits for records; hundreds wait at once, so nobody looks through all that has come again and again.</summary>
    private sealed record Wait(Func<WireRecord, bool> Which, int Count)
    {
        private readonly List<WireRecord> _found = [];

        public TaskCompletionSource<IReadOnlyList<WireRecord>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(WireRecord record)
        {
            if (Found.Task.IsCompleted || !Which(record)) return;
            _found.Add(record);
            if (_found.Count >= Count) Found.SetResult(_found);
        }
    }
}
