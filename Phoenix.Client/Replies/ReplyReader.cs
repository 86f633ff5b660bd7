using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Phoenix.Messages;

namespace Phoenix.Client.Replies;

/// <summary>
/// Reads this instance's partition of the reply topic on a thread of its own and hands every reply to the request that waits for it.
/// It begins at the end that the partition had before the first request, so it reads none of the past and misses no reply. When the topic
/// is lost it begins anew.
/// </summary>
internal sealed partial class ReplyReader(
    ReplyTopic topic, ReplyTopicWatch watch, PendingReplies pending, ILogger<ReplyReader> logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Replies that come while this passes are fetched and handed over together. One that comes alone has been handed over before it.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(2);

    private volatile TaskCompletionSource<ReplyAddress> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task? _reading;

    /// <summary>
    /// Where replies are to be sent. Ends when the reader has taken its place; connecting is tried until it succeeds. Another task after
    /// the topic was lost.
    /// </summary>
    public Task<ReplyAddress> Ready
    {
        get
        {
            if (Volatile.Read(ref _reading) is null) Start();
            return _ready.Task;
        }
    }

    public void Start()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(IPhoenixClient));
            _reading ??= Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Read()
    {
        ReplyPlace? place = null;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                place ??= topic.Prepare(_stopping.Token).GetAwaiter().GetResult();
                place = ReadWhileThere(place);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogLost(logger, topic.Name, error);
                _stopping.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    /// <summary>Reads until the topic is lost, and returns null then; or the place to go on from after trouble with the consumer.</summary>
    private ReplyPlace? ReadWhileThere(ReplyPlace place)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var watching = EndWhenLostAsync(place, life);
        var position = place.Position;
        try
        {
            using var consumer = topic.Open(position);
            _ready.TrySetResult(new(position.Topic, position.Partition));
            ReadFrom(consumer, ref position, life.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // New requests wait for the new topic; those on their way name the old one, and their callers send again.
            _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            LogChanged(logger, topic.Name, watching.GetAwaiter().GetResult());
            return null;
        }
        catch (KafkaException error)
        {
            LogLost(logger, topic.Name, error);
            _stopping.Token.WaitHandle.WaitOne(Pause);
        }
        finally
        {
            life.Cancel();
        }

        return place with { Position = position };
    }

    private async Task<string> EndWhenLostAsync(ReplyPlace place, CancellationTokenSource life)
    {
        try
        {
            var change = await watch.LostAsync(place, life.Token).ConfigureAwait(false);
            life.Cancel();
            return change;
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            return "reading has ended";
        }
    }

    private void ReadFrom(IConsumer<Ignore, byte[]> consumer, ref TopicPartitionOffset position, CancellationToken life)
    {
        while (true)
        {
            try
            {
                for (var record = consumer.Consume(life); record is not null; record = consumer.Consume(TimeSpan.Zero))
                {
                    position = new(record.TopicPartition, record.Offset + 1);
                    Deliver(record);
                    // Replies that keep coming must not keep a disposed client here.
                    life.ThrowIfCancellationRequested();
                }

                life.WaitHandle.WaitOne(GatherTime);
            }
            catch (ConsumeException error) when (!error.Error.IsFatal)
            {
                // librdkafka reconnects by itself; what it reports here is for the log.
                LogTrouble(logger, topic.Name, error.Error.Reason);
            }
        }
    }

    private void Deliver(ConsumeResult<Ignore, byte[]> record)
    {
        if (!record.Message.Headers.TryGetLastBytes(WireHeaders.RequestId, out var requestId)) return;
        if (pending.Find(requestId) is not { } request) return;
        try
        {
            request.Complete(ReplyBody.Parse(record.Message.Value));
        }
        catch (JsonException error)
        {
            LogUnreadable(logger, record.TopicPartitionOffset, error);
            request.Fail(error);
        }
    }

    public void Dispose()
    {
        lock (_starting) _stopping.Cancel();
        _ready.TrySetException(new ObjectDisposedException(nameof(IPhoenixClient)));
        // The consumer is closed on its own thread; a consume call ends as soon as the token is cancelled.
        _reading?.Wait(TimeSpan.FromSeconds(5));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replies of topic {Topic} cannot be read; trying again in a second. Requests time out meanwhile. Check that the broker is reachable and that the topic may be created or exists.")]
    private static partial void LogLost(ILogger logger, string topic, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reply topic {Topic} is no longer the one that was read: {Change}. It is taken up again; requests wait meanwhile.")]
    private static partial void LogChanged(ILogger logger, string topic, string change);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading replies of topic {Topic} met '{Reason}' and goes on.")]
    private static partial void LogTrouble(ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The reply at {Position} is not as docs/wire.md says; the outcome of its request stays unknown. Find out who wrote it.")]
    private static partial void LogUnreadable(ILogger logger, TopicPartitionOffset position, Exception error);
}

/// <summary>Where replies to this instance go.</summary>
internal sealed record ReplyAddress(string Topic, int Partition);
