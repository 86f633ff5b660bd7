using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>One partition as its pulling agent sees it.</summary>
internal sealed class KafkaReceiver(
    PartitionIntake intake, KeyedQueueCache cache, PartitionReader reader, RecordConversion? conversion, KafkaStreamOptions options,
    TimeProvider time, ILogger logger)
    : IQueueAdapterReceiver, IDisposable
{
    private readonly CancellationTokenSource givenUp = new();
    private Task takeOver = Task.CompletedTask;
    private long lastLook = time.GetTimestamp();

    public Task Initialize(TimeSpan timeout)
    {
        // In the background: the broker may be away for longer than the agent waits, and the agent initializes only once.
        takeOver = reader.Starts.TakeOverAsync(intake, givenUp.Token);
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        var taken = conversion is null ? await intake.TakeAsync(maxCount, cancellationToken)
            : await conversion.NextAsync(maxCount, cancellationToken);
        return cancellationToken.IsCancellationRequested ? taken : WithStalled(taken);
    }

    // Positions move when the cache lets a record go; the agent's purge has nothing to tell.
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        await givenUp.CancelAsync();
        await takeOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await reader.ReleaseAsync(intake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await intake.DrainAsync().WaitAsync(options.HandOverTimeout, time);
        }
        catch (TimeoutException)
        {
            ReaderLog.DrainTimedOut(logger, intake.Partition.Topic, intake.Partition.Partition.Value);
        }
        await reader.Commits.CommitLastAsync(intake, timeout);
        ReaderLog.GivenUp(logger, intake.Partition.Topic, intake.Partition.Partition.Value, intake.Progress.Done);
        Dispose();
    }

    public void Dispose() => givenUp.Dispose();

    // A stream whose namespace had no subscriber yet is registered once and then forgotten by the agent; offering its oldest
    // record again, later than the agent's own tidying, makes it look for subscribers anew.
    private IList<IBatchContainer> WithStalled(IList<IBatchContainer> taken)
    {
        if (time.GetElapsedTime(lastLook) < options.KeyInactivity * 1.5)
            return taken;
        lastLook = time.GetTimestamp();

        var (heads, withoutSubscriber) = cache.Stalled();
        if (withoutSubscriber > 0)
        {
            ReaderLog.NoSubscriber(logger, intake.Partition.Topic, intake.Partition.Partition.Value, withoutSubscriber, intake.Topic.StreamNamespace);
            intake.Complaints.Raise(this, $"{withoutSubscriber} stream(s) of namespace '{intake.Topic.StreamNamespace}' have records but no subscriber");
        }
        else
        {
            intake.Complaints.Clear(this);
        }
        return heads.Count == 0 ? taken : [.. heads, .. taken];
    }
}
