using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Publishing;

/// <summary>
/// Keeps every publication alive: asks, on each silo, again and again for the right to publish it, and publishes with it. Whoever gets it
/// is decided by the database, so a silo that is lost or frozen is followed by another when its lease has run out, before the cluster has
/// noticed (decision 0021).
/// </summary>
internal sealed class PublicationKeeper : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<KeptPublication> _kept;
    private readonly PublicationParts _parts;
    private Task _running = Task.CompletedTask;

    public PublicationKeeper(
        PublicationCatalog catalog, PublicationParts parts, string silo, Func<int> silos, Hosting.PhoenixOptions phoenix,
        ILogger<PublicationKeeper> logger)
    {
        _parts = parts;
        var share = new FairShare(silos, parts.Options.RebalanceAfter, parts.Time);
        _kept = [.. catalog.All.Values.Select(definition => new KeptPublication(definition, parts, silo, phoenix, share, logger))];
    }

    /// <summary>What this silo publishes.</summary>
    public IEnumerable<PublicationStatus> Owned => Statuses.Where(one => one.IsOwner);

    /// <summary>All, also those that are others'.</summary>
    public IEnumerable<PublicationStatus> Statuses => _kept.SelectMany(one => one.Statuses);

    /// <summary>The last number of the log, as of the last look.</summary>
    public long End => _parts.Log.Progress.End;

    /// <summary>How far the log can be read.</summary>
    public LogProgress Log => _parts.Log.Progress;

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
        _running = Task.Run(() => Task.WhenAll(_kept.Select(one => one.KeepAsync(_stopping.Token))), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync()
    {
        if (!_stopping.IsCancellationRequested) await _stopping.CancelAsync();
        // A user's class that never returns does not keep the silo; what it holds back is published by the next owner.
        await _running.WaitAsync(StopLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
