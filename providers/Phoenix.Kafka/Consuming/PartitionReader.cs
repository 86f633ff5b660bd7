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
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PausedPollTimeout = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int LongestRun = 1_000;

    private readonly KafkaStreamOptions options;
    private readonly RefusedRecords refused;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly NativeClient<IConsumer<byte[]?, byte[]?>> native;
    private readonly IConsumer<byte[]?, byte[]?> consumer;
    private readonly ConcurrentDictionary<TopicPartition, PartitionIntake> intakes = new();
    private readonly PartitionAssignment assignment;
    private readonly LifeConfirmations confirmations;
    private readonly SemaphoreSlim requests = new(4);
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private long lastPoll;

    // Those that the run under way found records in; the thread's own.
    private readonly HashSet<PartitionIntake> touched = [];

    public PartitionReader(
        KafkaStreamOptions options, TopicCatalog catalog, KafkaTopics admin, RefusedRecords refused, IConsumptionSwitch? topics,
        ITopicStarts? topicStarts, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.refused = refused;
        this.time = time;
        this.logger = logger;
        native = new(ConsumerFactory.Build(options, catalog.IsEmbedded, OnError, logger));
        consumer = native.Owned;
        assignment = new PartitionAssignment(consumer, intakes, topics);
        Commits = new OffsetCommits(native, intakes, options, time, logger);
        FirstStarts = new FirstStarts(native, Commits, catalog, topicStarts, options, logger);
        Starts = new PartitionStarts(native, assignment, admin, FirstStarts, requests, options, time, logger, stop.Token);
        confirmations = new LifeConfirmations(admin, Starts, refused, options, time, stop.Token);
        thread = new Thread(Poll) { IsBackground = true, Name = $"kafka {options.ConsumerGroup}" };
        thread.Start();
        _ = Task.Run(() => Commits.RunAsync(stop.Token), CancellationToken.None);
    }

    /// <summary>Their positions.</summary>
    public OffsetCommits Commits { get; }

    /// <summary>Where topics begin of which nothing was read.</summary>
    public FirstStarts FirstStarts { get; }

    /// <summary>How their lives begin.</summary>
    public PartitionStarts Starts { get; }

    /// <summary>The partitions held, in order.</summary>
    public IEnumerable<PartitionIntake> Intakes => intakes.Values.OrderBy(intake => intake.Partition.Topic, StringComparer.Ordinal).ThenBy(intake => intake.Partition.Partition.Value);

    public DateTimeOffset? LastPoll => Volatile.Read(ref lastPoll) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Cached log end offset of a held partition.</summary>
    public long? EndOffset(TopicPartition partition)
    {
        try
        {
            return native.Use(client => client.GetWatermarkOffsets(partition)).High is { Value: >= 0 } high ? high.Value : null;
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Stops reading a partition. Its last position is committed by <see cref="Commits"/>.</summary>
    public Task ReleaseAsync(PartitionIntake intake)
    {
        intake.Close();
        return assignment.RemoveAsync(intake);
    }

    public void Dispose()
    {
        if (stop.IsCancellationRequested)
            return;
        stop.Cancel();
        // Not Close: without a group membership it has nothing to leave, and it waits for an unreachable broker.
        if (thread.Join(Patience))
            native.Dispose();
        stop.Dispose();
    }

    private void Poll()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Volatile.Write(ref lastPoll, time.GetUtcNow().Ticks);
                assignment.RunChanges();
                if (consumer.Consume(assignment.SetPauses() ? PausedPollTimeout : PollTimeout) is { } first && TakeRun(first))
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
        }
        assignment.Stop();
    }

    // Takes what is there in one go; false when there may be more. Each look costs a fetch, a wake-up of every agent and a commit, however
    // little it finds.
    private bool TakeRun(ConsumeResult<byte[]?, byte[]?> first)
    {
        try
        {
            var left = LongestRun;
            for (var record = first; record is not null; record = consumer.Consume(TimeSpan.Zero))
            {
                Take(record);
                if (--left == 0)
                    return false;
            }
            return true;
        }
        finally
        {
            foreach (var intake in touched)
            {
                intake.Wake();
                confirmations.AskFor(intake);
            }
            touched.Clear();
        }
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> consumed)
    {
        if (!intakes.TryGetValue(consumed.TopicPartition, out var intake))
            return;
        if (consumed.IsPartitionEOF)
        {
            intake.ReachedEnd(consumed.Offset.Value);
            return;
        }
        if (!intake.Accept(consumed, out var record, out var reason))
            return;
        touched.Add(intake);
        if (record is not null)
            refused.PutAside(intake, record, reason!);
        assignment.PauseIfFull(intake);
    }

    private void OnConsumeError(ConsumeException error)
    {
        var partition = error.ConsumerRecord?.TopicPartition;
        if (partition is not null && intakes.TryGetValue(partition, out var intake) && intake.Life is { } life
            && error.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            Starts.LogLost(intake, life, $"the position {intake.Progress.Done} is out of the log's range ({error.Error.Reason})");
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
