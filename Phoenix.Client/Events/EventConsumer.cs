using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Publishing;

namespace Phoenix.Client.Events;

/// <summary>
/// Reads topics of published events as a member of a consumer group and hands each event to a handler, one at a time. A record's place is
/// kept when its handler has ended well. What is no published event is logged and passed by: nobody could ever handle it.
/// </summary>
internal sealed partial class EventConsumer<THandler>(
    EventConsumerOptions options, IServiceScopeFactory scopes, TimeProvider time, ILogger<EventConsumer<THandler>> logger)
    : BackgroundService, IHealthCheck where THandler : class, IEventHandler
{
    // A handler that takes longer is waited for with the partitions paused. At once would be dear: what was fetched ahead is thrown away.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    private volatile string? _trouble;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // librdkafka blocks the thread that asks for records.
        Task.Factory.StartNew(() => RunAsync(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .Unwrap();

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]>(Config()).SetErrorHandler((_, error) => LogClient(error.Reason))
                .Build();
            try
            {
                consumer.Subscribe(options.Topics);
                while (true) await NextAsync(consumer, stopping);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // Positions that are kept are committed with it.
                consumer.Close();
            }
            catch (KafkaException exception)
            {
                _trouble = "The broker cannot be read; the log has the cause.";
                LogLost(exception);
                await Task.Delay(Reconnect, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task NextAsync(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        var record = consumer.Consume(stopping);
        ReceivedEvent received;
        try
        {
            received = EventRecords.Of(record.Message);
        }
        catch (FormatException exception)
        {
            LogForeign(exception, record.Topic, record.Partition.Value, record.Offset.Value);
            Keep(consumer, record);
            return;
        }

        for (var failures = 0; !await HandledAsync(consumer, received, stopping); failures++)
        {
            var pause = options.FirstPause * Math.Pow(2, Math.Min(failures, 30));
            await WhileServedAsync(consumer, Task.Delay(pause < options.LongestPause ? pause : options.LongestPause, time, stopping));
            stopping.ThrowIfCancellationRequested();
        }

        _trouble = null;
        Keep(consumer, record);
    }

    private async Task<bool> HandledAsync(IConsumer<byte[], byte[]> consumer, ReceivedEvent received, CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var work = HandleAsync(scope.ServiceProvider, received, stopping);
        await WhileServedAsync(consumer, work);
        try
        {
            await work;
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            _trouble = $"The handler fails at '{received.Type}' (version {received.Version} of '{received.Subject}'); it is tried again,"
                + " and the log has the cause.";
            LogFailed(exception, received.Type, received.Version, received.Subject);
            return false;
        }
    }

    // Whatever is wrong with the handler comes with its task.
    private static async Task HandleAsync(IServiceProvider services, ReceivedEvent received, CancellationToken stopping) =>
        await services.GetRequiredService<THandler>().HandleAsync(received, stopping);

    /// <summary>
    /// Returns when the work has ended, however it ended and whatever becomes of the client: no handler is left running beside the next
    /// one. Meanwhile the client takes part in its group, which would shut it out after five minutes.
    /// </summary>
    private async Task WhileServedAsync(IConsumer<byte[], byte[]> consumer, Task work)
    {
        await EndOrPatienceAsync();
        if (work.IsCompleted) return;
        while (!work.IsCompleted)
        {
            Serve(consumer);
            await EndOrPatienceAsync();
        }

        consumer.Resume(consumer.Assignment);

        async Task EndOrPatienceAsync() => await work.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Serve(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            // Each time, since partitions may be shared out anew meanwhile.
            consumer.Pause(consumer.Assignment);
            if (consumer.Consume(TimeSpan.Zero) is { } early) consumer.Seek(early.TopicPartitionOffset);
        }
        catch (KafkaException exception)
        {
            // It shows again at the next record.
            LogLost(exception);
        }
    }

    private void Keep(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            consumer.StoreOffset(record);
        }
        catch (KafkaException exception) when (exception.Error.Code == Confluent.Kafka.ErrorCode.Local_State)
        {
            // The partition was given to another instance meanwhile, which gets the event again.
            LogMoved(record.Topic, record.Partition.Value);
        }
    }

    private ConsumerConfig Config()
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = options.BootstrapServers,
            GroupId = options.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = true,
            EnableAutoOffsetStore = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            AllowAutoCreateTopics = false,
        };
        foreach (var (name, value) in options.ExtraProperties) config.Set(name, value);
        return config;
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The handler failed at '{Type}' (version {Version} of '{Subject}'). It is tried again; events behind it wait.")]
    private partial void LogFailed(Exception exception, string type, long version, string subject);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record of {Topic} at offset {Offset} of partition {Partition} is passed by.")]
    private partial void LogForeign(Exception exception, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading events was interrupted; it goes on in a moment.")]
    private partial void LogLost(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} of {Topic} was given to another instance.")]
    private partial void LogMoved(string topic, int partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Kafka client says: {Reason}")]
    private partial void LogClient(string reason);
}
