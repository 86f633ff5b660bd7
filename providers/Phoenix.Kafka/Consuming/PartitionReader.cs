using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// The one Kafka consumer of a silo (per provider): a thread that reads all partitions the silo holds, each into its
/// <see cref="PartitionIntake"/>. Partitions are assigned by hand; the group serves to keep offsets.
/// </summary>
internal sealed class PartitionReader : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PausedPollTimeout = TimeSpan.FromMilliseconds(5);
    private const int LongestRun = 1_000;
    private static readonly TimeSpan StorePause = TimeSpan.FromMilliseconds(50);

    private readonly KafkaStreamOptions options;
    private readonly TopicCatalog catalog;
    private readonly RefusedRecords refused;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly IConsumer<byte[]?, byte[]?> consumer;
    private readonly ConcurrentDictionary<TopicPartition, PartitionIntake> intakes = new();
    private readonly Lock assignment = new();
    private readonly SemaphoreSlim requests = new(4);
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private long lastPoll;

    // Those that the run under way found records in; the thread's own.
    private readonly HashSet<PartitionIntake> touched = [];

    public PartitionReader(KafkaStreamOptions options, TopicCatalog catalog, RefusedRecords refused, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.catalog = catalog;
        this.refused = refused;
        this.time = time;
        this.logger = logger;
        consumer = ConsumerFactory.Build(options, catalog.IsEmbedded, OnError, committed => Commits!.Confirm(committed), logger);
        Commits = new OffsetCommits(consumer, intakes, time, logger);
        thread = new Thread(Poll) { IsBackground = true, Name = $"kafka {options.ConsumerGroup}" };
        thread.Start();
    }

    /// <summary>Their positions.</summary>
    public OffsetCommits Commits { get; }

    /// <summary>The partitions held, in order.</summary>
    public IEnumerable<PartitionIntake> Intakes => intakes.Values.OrderBy(intake => intake.Partition.Topic, StringComparer.Ordinal).ThenBy(intake => intake.Partition.Partition.Value);

    public DateTimeOffset? LastPoll => Volatile.Read(ref lastPoll) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Cached log end offset of a held partition.</summary>
    public long? EndOffset(TopicPartition partition)
    {
        try
        {
            return consumer.GetWatermarkOffsets(partition).High is { Value: >= 0 } high ? high.Value : null;
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    /// <summary>Begins to read a partition; keeps trying, with a back-off, until it succeeds or is cancelled.</summary>
    public Task TakeOverAsync(PartitionIntake intake, CancellationToken cancellationToken)
    {
        return PersistAsync(intake, () =>
        {
            var committed = consumer.Committed([intake.Partition], RequestTimeout)[0].Offset;
            var log = consumer.QueryWatermarkOffsets(intake.Partition, RequestTimeout);
            Assign(intake, StartPosition.Decide(committed.IsSpecial ? null : committed.Value, log.Low.Value, log.High.Value), log.High.Value);
        }, cancellationToken);
    }

    /// <summary>Stops reading a partition. Its last position is committed by <see cref="Commits"/>.</summary>
    public void Release(PartitionIntake intake)
    {
        lock (assignment)
        {
            intake.Close();
            if (intakes.TryRemove(new(intake.Partition, intake)))
                Unassign(intake);
        }
    }

    /// <summary>Starts a partition again from the oldest record, in a new life: its log is not the one that was being read.</summary>
    public Task RestartAsync(PartitionIntake intake, string finding)
    {
        lock (assignment)
        {
            if (intake.IsClosed)
                return Task.CompletedTask;
            Unassign(intake);
        }
        return PersistAsync(intake, () =>
        {
            var log = consumer.QueryWatermarkOffsets(intake.Partition, RequestTimeout);
            var lost = intake.Progress.Done is { } done && done < log.Low.Value ? log.Low.Value - done : 0;
            Assign(intake, new StartPosition(log.Low.Value, finding, lost), log.High.Value);
        }, stop.Token);
    }

    public void Dispose()
    {
        if (stop.IsCancellationRequested)
            return;
        stop.Cancel();
        thread.Join(TimeSpan.FromSeconds(10));
        // Not Close: without a group membership it has nothing to leave, and it waits for an unreachable broker.
        consumer.Dispose();
        stop.Dispose();
    }

    private void Assign(PartitionIntake intake, StartPosition start, long end)
    {
        lock (assignment)
        {
            // Given up while the broker was asked.
            if (intake.IsClosed)
                return;
            intake.Begin(start.Offset, end, catalog.Incarnation(intake.Partition.Topic));
            intake.Paused = false;
            intakes[intake.Partition] = intake;
            consumer.IncrementalAssign([new TopicPartitionOffset(intake.Partition, start.Offset)]);
        }
        ReaderLog.TakenOver(logger, intake.Partition.Topic, intake.Partition.Partition.Value, start.Offset, end);
        if (start.Loss is not null)
        {
            Interlocked.Add(ref intake.LostRecords, start.LostRecords);
            KafkaInstruments.Lost.Add(start.LostRecords, new KeyValuePair<string, object?>("topic", intake.Partition.Topic));
            ReaderLog.Loss(logger, intake.Partition.Topic, intake.Partition.Partition.Value, start.Loss);
        }
    }

    private void Unassign(PartitionIntake intake)
    {
        try
        {
            consumer.IncrementalUnassign([intake.Partition]);
        }
        catch (KafkaException)
        {
            // It was not assigned.
        }
    }

    private async Task PersistAsync(PartitionIntake intake, Action action, CancellationToken cancellationToken)
    {
        var backoff = new RetryBackoff(options.RetryDelay, options.MaxRetryDelay);
        for (var attempt = 0; ; attempt++)
        {
            await requests.WaitAsync(cancellationToken);
            try
            {
                await Task.Run(action, cancellationToken);
                intake.Complaints.Clear(nameof(TakeOverAsync));
                return;
            }
            catch (KafkaException error)
            {
                intake.Complaints.Raise(nameof(TakeOverAsync), $"the partition cannot be taken over ({error.Error.Code})", $"the partition cannot be taken over: {error.Message}; check the broker");
                ReaderLog.TakeOverFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, error.Message);
            }
            finally
            {
                requests.Release();
            }
            await Task.Delay(backoff.Next(attempt), time, cancellationToken);
        }
    }

    private void Poll()
    {
        var lastStore = time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Volatile.Write(ref lastPoll, time.GetUtcNow().Ticks);
                if (consumer.Consume(ResumePartitions() ? PausedPollTimeout : PollTimeout) is { } first && TakeRun(first))
                    stop.Token.WaitHandle.WaitOne(options.GatherTime);
            }
            catch (ConsumeException error)
            {
                OnConsumeError(error);
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                ReaderLog.PollFailed(logger, error);
            }
            if (time.GetElapsedTime(lastStore) >= StorePause)
            {
                lastStore = time.GetTimestamp();
                Commits.StorePositions();
            }
        }
    }

    // Takes what is there in one go; false when there may be more. Each look costs a fetch, a wake-up of every agent and a commit, however little it finds.
    private bool TakeRun(ConsumeResult<byte[]?, byte[]?> first)
    {
        try
        {
            var left = LongestRun;
            for (var record = first; record is not null; record = consumer.Consume(TimeSpan.Zero))
            {
                if (!record.IsPartitionEOF)
                    Accept(record);
                if (--left == 0)
                    return false;
            }
            return true;
        }
        finally
        {
            foreach (var intake in touched)
                intake.Wake();
            touched.Clear();
        }
    }

    private void Accept(ConsumeResult<byte[]?, byte[]?> consumed)
    {
        if (!intakes.TryGetValue(consumed.TopicPartition, out var intake) || !intake.Accept(consumed, out var record, out var reason))
            return;
        if (record is null)
            touched.Add(intake);
        else
            refused.PutAside(intake, record, reason!);
        if (!intake.Paused && intake.IsFull)
        {
            consumer.Pause([intake.Partition]);
            intake.Paused = true;
        }
    }

    // True while a partition is paused: the thread must look again soon.
    private bool ResumePartitions()
    {
        var paused = false;
        foreach (var (_, intake) in intakes)
        {
            if (!intake.Paused)
                continue;
            if (intake.HasRoom)
            {
                intake.Paused = false;
                consumer.Resume([intake.Partition]);
            }
            else
            {
                paused = true;
            }
        }
        return paused;
    }

    private void OnConsumeError(ConsumeException error)
    {
        var partition = error.ConsumerRecord?.TopicPartition;
        if (partition is null || !intakes.TryGetValue(partition, out var intake))
        {
            ReaderLog.PollFailed(logger, error);
            return;
        }
        if (error.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            RestartAsync(intake, $"the position {intake.Progress.Done} is out of the log's range ({error.Error.Reason})").ContinueWith(
                static _ => { }, TaskScheduler.Default);
        else
            ReaderLog.PollFailed(logger, error);
    }

    private void OnError(Error error)
    {
        ReaderLog.ClientError(logger, error.Code, error.Reason);
        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            foreach (var (_, intake) in intakes)
                intake.Complaints.Raise(nameof(TopicCatalog), "no broker can be reached; reading resumes by itself when one is");
        }
    }
}
