using Microsoft.Extensions.Logging;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Health;

/// <summary>
/// Looks after storage while no commit does: an idle silo must know of an outage before its next command, and of its end.
/// </summary>
internal sealed partial class StorageProbe(EventStoreConnections connections, CommitQueue queue, StorageWatch watch, TimeProvider time, ILogger<StorageProbe> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _failed;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(StorageProbe), ServiceLifecycleStage.RuntimeInitialize + 1, Start, _ => StopAsync());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private Task Start(CancellationToken cancellation)
    {
        // Of the process, not of the scheduler that happens to start it.
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync()
    {
        if (!_stopping.IsCancellationRequested) await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        using var rhythm = new PeriodicTimer(Interval, time);
        while (await rhythm.WaitForNextTickAsync(_stopping.Token))
        {
            if (watch.IsSilent(Interval)) await ProbeAsync();
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            await using var command = connections.Commits.CreateCommand("select pg_is_in_recovery()");
            if (await command.ExecuteScalarAsync(_stopping.Token) is true) throw new ReadOnlyStorageException();
            if (queue.Sequence.IsBehind) await queue.Sequence.CheckAsync();
            watch.Probed(null);
            _failed = false;
        }
        catch (AttemptFailedException)
        {
            // The watch knows.
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            if (!_failed) LogFailed(failure);
            _failed = true;
            watch.Probed(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL cannot be used; this silo is not ready until it can.")]
    private partial void LogFailed(Exception failure);
}
