using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>Builds the parts of one stream provider on one silo and holds them together.</summary>
internal sealed class KafkaAdapterFactory(
    string name,
    KafkaStreamOptions options,
    IKafkaSender sender,
    IDeadLetters deadLetters,
    IEnumerable<IRefusalListener> refusalListeners,
    KafkaQueues queues,
    IConsumptionSwitch? topics,
    ITopicStarts? topicStarts,
    TimeProvider time,
    ILoggerFactory loggers)
    : IQueueAdapterFactory, IQueueAdapterCache, IKafkaHealth, IDisposable
{
    private readonly ILogger logger = loggers.CreateLogger($"Phoenix.Kafka.{name}");
    private readonly CancellationTokenSource stopping = new();
    private readonly KafkaTopics admin = new(options.BootstrapServers, options.ExtraProperties.AsReadOnly());
    private readonly ConcurrentDictionary<QueueId, (PartitionIntake Intake, KeyedQueueCache Cache)> created = new();
    private readonly IntakeBudget budget = new(options.MaxUndecided, options.MaxUndecidedBytes);
    private readonly NoOpStreamDeliveryFailureHandler failureHandler = new();
    private readonly MissingTopics missing = new(time);
    private PartitionMapper? mapper;
    private RefusedRecords? refused;
    private PartitionReader? reader;
    private KafkaBrokerWatch? broker;
    private UnreadPartitions? unread;
    private bool disposed;

    public BrokerHealth Broker => broker?.Health ?? new();

    public IReadOnlyList<PartitionHealth> Partitions => reader is null ? [] : [.. reader.Intakes.Select(intake => Describe(intake, Keys(intake))), .. unread?.Found ?? []];

    public IReadOnlyList<MissingTopic> Missing => missing.All;

    public Task<IQueueAdapter> CreateAdapter() => CreateAdapter(CancellationToken.None);

    public async Task<IQueueAdapter> CreateAdapter(CancellationToken cancellationToken)
    {
        var catalog = await OpenCatalogAsync(cancellationToken);
        mapper = new PartitionMapper(catalog.Topics.Select(topic => (topic.Topic, topic.Description?.Partitions ?? 0)));
        RegisterQueues();
        // Before the balancer hears of it: agents of new queues must be known as ours.
        mapper.Grown += RegisterQueues;
        refused = new RefusedRecords(
            deadLetters, refusalListeners, new(options.RetryDelay, options.MaxRetryDelay), time, logger, stopping.Token);
        reader = new PartitionReader(options, catalog, admin, refused, topics, topicStarts, time, logger);
        _ = Task.Run(
            () => new TopicWatch(admin, catalog, mapper, reader, missing, options, time).RunAsync(stopping.Token), CancellationToken.None);
        unread = new UnreadPartitions(name, ToBeRead, reader, admin, options, time, logger);
        _ = Task.Run(() => unread.RunAsync(stopping.Token), CancellationToken.None);
        broker = new KafkaBrokerWatch(options.BootstrapServers, options.ExtraProperties.AsReadOnly(), catalog.Existing, time);
        _ = Task.Run(() => broker.RunAsync(stopping.Token), CancellationToken.None);
        return new KafkaAdapter(name, mapper, sender, CreateReceiver);
    }

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => Mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(failureHandler);

    // The agent asks for the cache first and for the receiver right after it.
    public IQueueCache CreateQueueCache(QueueId queueId)
    {
        budget.Join();
        var intake = new PartitionIntake(TopicPartitionOf(queueId), Mapper.PartitionOf(queueId).Topic, options, budget,
            time) { Refused = refused };
        var cache = new KeyedQueueCache(intake, options.MaxBatchRecords, options.MaxBatchBytes);
        created[queueId] = (intake, cache);
        return cache;
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        stopping.Cancel();
        reader?.Dispose();
        admin.Dispose();
        stopping.Dispose();
    }

    private PartitionMapper Mapper => mapper ?? throw new InvalidOperationException($"Kafka stream provider '{name}' is not initialized yet.");

    private IEnumerable<TopicPartition> ToBeRead() =>
        Mapper.GetAllQueues().Select(TopicPartitionOf).Where(partition => topics?.IsOff(partition.Topic) != true);

    private void RegisterQueues() => queues.Register(name, Mapper.GetAllQueues());

    private TopicPartition TopicPartitionOf(QueueId queueId)
    {
        var (topic, partition) = Mapper.PartitionOf(queueId);
        return new(topic.Topic, partition);
    }

    private KafkaReceiver CreateReceiver(QueueId queueId)
    {
        var (intake, cache) = created[queueId];
        var conversion = intake.Topic.Converter is { } converter
            ? new RecordConversion(intake, converter, refused!, new(options.RetryDelay, options.MaxRetryDelay), options, time, logger)
            : null;
        return new KafkaReceiver(intake, cache, reader!, conversion, options, time, logger);
    }

    private async Task<TopicCatalog> OpenCatalogAsync(CancellationToken cancellationToken)
    {
        var backoff = new RetryBackoff(options.RetryDelay, options.MaxRetryDelay);
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TopicCatalog.OpenAsync(options, admin, logger);
            }
            catch (KafkaUnavailableException error) when (time.GetElapsedTime(started) < options.StartupTimeout)
            {
                ReaderLog.PollFailed(logger, error);
            }
            await Task.Delay(backoff.Next(attempt), time, cancellationToken);
        }
    }

    // A count of another thread's dictionary: a moment old, like the rest.
    private int Keys(PartitionIntake intake) => created.Values.FirstOrDefault(part => ReferenceEquals(part.Intake, intake)).Cache?.StreamCount ?? 0;

    private PartitionHealth Describe(PartitionIntake intake, int keys)
    {
        var (undecided, done) = intake.Progress;
        var complaint = intake.Complaints.Oldest;
        var committed = Volatile.Read(ref intake.CommittedOffset);
        return new()
        {
            Provider = name,
            Topic = intake.Partition.Topic,
            Partition = intake.Partition.Partition.Value,
            LastPoll = reader!.LastPoll,
            LastVisit = intake.LastVisit,
            CommittedOffset = committed < 0 ? null : committed,
            DoneOffset = done,
            EndOffset = reader.EndOffset(intake.Partition),
            Undecided = undecided,
            Keys = keys,
            Paused = intake.Paused,
            SwitchedOff = intake.SwitchedOff,
            LostRecords = Interlocked.Read(ref intake.LostRecords),
            UnhealthySince = complaint?.Since,
            Reason = complaint?.Reason,
            Summary = complaint?.Summary,
        };
    }
}
