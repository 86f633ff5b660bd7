using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Publishing;

/// <summary>
/// Publishes as long as the lease is this silo's. Each failure throws away what is on its way and begins again at the first event that was
/// not acknowledged.
/// </summary>
internal sealed partial class PublicationRun(PublicationDefinition definition, PublicationLease lease, PublicationParts parts, PublicationStatus status, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // What is the user's may be away for long, and is not asked every two seconds meanwhile.
    private static readonly TimeSpan LongestPauseOfSinks = TimeSpan.FromSeconds(30);

    private const int MessagesForEachCall = 16;

    private readonly SinkFailures _sinkFailures = new(definition.Settings.ParkAfter, status.Mended);

    private long _done = lease.Position;
    private DeliveryWindow? _window;
    private long _carefulUntil;
    private ParkedSet? _parked;
    private bool _wentBack;

    // Not below what an earlier attempt has reached: its acknowledgements count.
    private long Done => Math.Max(Volatile.Read(ref _done), Volatile.Read(ref _window)?.Done ?? 0);

    /// <summary>Returns when the right is gone, the publication stopped, or the silo stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        status.Took(lease.Position);
        var tenure = new Tenure(lease, () => Done, parts, status, logger);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var keeping = tenure.KeepAsync(ending.Token);
        var publishing = AttemptsAsync(tenure, ending.Token);
        try
        {
            await await Task.WhenAny(keeping, publishing);
        }
        catch (DeposedException deposed)
        {
            LogDeposed(lease.Publication, lease.Epoch, deposed.Message);
        }
        catch (LogWentBackException wentBack)
        {
            // What this silo has read is not stored: it may be gone.
            _wentBack = true;
            status.Raise(wentBack.Message);
            LogDeposed(lease.Publication, lease.Epoch, wentBack.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(keeping, publishing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            status.Lost();
        }

        if (!_wentBack) await ReleaseAsync();
    }

    private async Task AttemptsAsync(Tenure tenure, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            var before = Done;
            var trouble = await AttemptAsync(tenure, cancellation);
            if (Done > before) failures = 0;
            PublicationInstruments.Failed(definition.Name);
            if (status.Trouble?.Reason != trouble) LogFailed(lease.Publication, trouble);
            status.Raise(trouble);
            var longest = definition.Sink is null ? LongestPause : LongestPauseOfSinks;
            var pause = Math.Min(longest.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, failures));
            await Task.Delay(TimeSpan.FromMilliseconds(pause), parts.Time, cancellation);
        }
    }

    /// <summary>What it failed with, when that may pass.</summary>
    private async Task<string> AttemptAsync(Tenure tenure, CancellationToken cancellation)
    {
        SendingAttempt? attempt = null;
        try
        {
            await using var sender = await OpenAsync();
            var parked = _parked ??= new(await parts.Checkpoints.ParkedAsync(lease.Publication, cancellation));
            status.Parked = parked.Count;
            var window = new DeliveryWindow(Done, MaxInFlight, parts.Options.MaxInFlightBytes);
            Volatile.Write(ref _done, Done);
            Volatile.Write(ref _window, window);
            attempt = new(definition, lease, parts, tenure, window, sender, parked, _carefulUntil);
            // Whether a sink works, it shows when it takes something.
            if (!_sinkFailures.IsFailing) status.Mended();
            // Its waits end with it.
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            try
            {
                await attempt.RunAsync(ended.Token);
            }
            finally
            {
                await ended.CancelAsync();
            }

            return "it ended";
        }
        catch (StoppedException stopped)
        {
            if (await parts.Checkpoints.StopAsync(lease, Done, stopped.Message, cancellation)) LogStopped(lease.Publication, stopped.Message);
            throw new DeposedException(stopped.Message);
        }
        catch (KafkaRejectedException refused)
        {
            if (refused.IsOfTheRecord() && attempt is not null) _carefulUntil = Math.Max(_carefulUntil, attempt.Furthest);
            return refused.Message;
        }
        catch (Exception exception) when (exception is not (DeposedException or LogWentBackException or OperationCanceledException))
        {
            LogCause(exception, lease.Publication);
            return exception is KafkaUnavailableException or SinkFailedException ? exception.Message
                : "PostgreSQL could not be read; the silo's log has the cause.";
        }
    }

    private int MaxInFlight => definition.Sink is null ? parts.Options.MaxInFlight
        : Math.Min(parts.Options.MaxInFlight, parts.Options.SinkConcurrency * MessagesForEachCall);

    private async Task<IOrderedSender> OpenAsync() => parts.Sinks.TryGetValue(definition.Name, out var sink)
        ? new SinkSender(sink, _sinkFailures, parts.Options, parts.Time)
        : await parts.Senders.OpenAsync(definition.Topic);

    private async Task ReleaseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(parts.Options.Lease, parts.Time);
            await parts.Checkpoints.ReleaseAsync(lease, Done, limit.Token);
        }
        catch (Exception exception)
        {
            LogCause(exception, lease.Publication);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publication '{Publication}' is no longer this silo's (epoch {Epoch}): {Reason}")]
    private partial void LogDeposed(string publication, long epoch, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publication '{Publication}' begins again at the first event that was not acknowledged: {Trouble}")]
    private partial void LogFailed(string publication, string trouble);

    [LoggerMessage(Level = LogLevel.Error, Message = "Publication '{Publication}' stopped until an operator resumes it: {Reason}")]
    private partial void LogStopped(string publication, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Publication '{Publication}': the cause.")]
    private partial void LogCause(Exception exception, string publication);
}
