using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Publishing;

/// <summary>
/// Keeps every publication alive: asks, on each silo, again and again for the right to publish it, and publishes with it. Whoever gets it
/// is decided by the database, so a silo that is lost or frozen is followed by another when its lease has run out, before the cluster has
/// noticed (decision 0021).
/// </summary>
internal sealed partial class PublicationKeeper(PublicationCatalog catalog, PublicationParts parts, string silo, Hosting.PhoenixOptions phoenix, ILogger<PublicationKeeper> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PublicationStatus> _statuses = [.. catalog.All.Values.Select(definition => new PublicationStatus(definition, parts.Time))];
    private Task _running = Task.CompletedTask;

    /// <summary>The publications that this silo publishes.</summary>
    public IEnumerable<PublicationStatus> Owned => _statuses.Where(one => one.IsOwner);

    /// <summary>All, also those that are others'.</summary>
    public IReadOnlyList<PublicationStatus> Statuses => _statuses;

    /// <summary>The last number of the log, as of the last look.</summary>
    public long End => parts.Log.Progress.End;

    /// <summary>How far the log can be read.</summary>
    public LogProgress Log => parts.Log.Progress;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(PublicationKeeper), ServiceLifecycleStage.Active, StartAsync, _ => StopAsync());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    internal Task StartAsync(CancellationToken cancellation)
    {
        PublicationInstruments.Observe(this);
        // Of the process, not of the scheduler that happens to start it.
        _running = Task.Run(() => Task.WhenAll(_statuses.Select(KeepAsync)), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync()
    {
        if (!_stopping.IsCancellationRequested) await _stopping.CancelAsync();
        // A user's class that never returns does not keep the silo; what it holds back is published by the next owner.
        await _running.WaitAsync(StopLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task KeepAsync(PublicationStatus status)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await TakeAsync(status) is { } lease)
                {
                    LogTook(lease.Publication, lease.Epoch, lease.Position, lease.Run);
                    await new PublicationRun(status.Definition, lease, parts, status, logger).RunAsync(_stopping.Token);
                }
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                if (status.Trouble is null) LogFailed(exception, status.Definition.Name);
                status.Raise("It cannot be taken over; the silo's log has the cause. It is tried again.");
            }

            await Task.Delay(Pause, parts.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<PublicationLease?> TakeAsync(PublicationStatus status)
    {
        var definition = status.Definition;
        if (await parts.Checkpoints.TakeAsync(definition.Name, silo, parts.Options.Lease, _stopping.Token) is { } lease) return lease;
        if (await parts.Checkpoints.FindAsync(definition.Name, _stopping.Token) is { } found)
        {
            if (found.State == PublicationState.Stopped) status.Raise(found.Trouble ?? "It has stopped.");
            // What was wrong here is somebody else's now, or an operator's.
            else if (found.IsLeased || found.State == PublicationState.Paused) status.Mended();
            return null;
        }

        // Created once, with the publication: one that is gone later was taken away by somebody, and is not put in its place unasked.
        if (definition.CreatesTopic) await parts.Senders.EnsureAsync(definition.Topic, phoenix.Partitions, phoenix.ReplicationFactor);
        await parts.Checkpoints.CreateAsync(definition.Name, await StartAsync(definition.Settings), _stopping.Token);
        return await parts.Checkpoints.TakeAsync(definition.Name, silo, parts.Options.Lease, _stopping.Token);
    }

    private async Task<long> StartAsync(PublicationSettings settings) => settings.Start switch
    {
        PublicationStart.Beginning => 0,
        PublicationStart.Now => await parts.Log.SafeAsync(_stopping.Token),
        PublicationStart.Position => settings.Position!.Value,
        PublicationStart.Time => await parts.Checkpoints.PositionAtAsync(settings.Time!.Value, await parts.Log.SafeAsync(_stopping.Token), _stopping.Token),
        var other => throw new InvalidOperationException($"{other} is no start."),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo publishes '{Publication}' (epoch {Epoch}) after position {Position}, run {Run}.")]
    private partial void LogTook(string publication, long epoch, long position, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publication '{Publication}' cannot be taken over; it is tried again.")]
    private partial void LogFailed(Exception exception, string publication);
}
