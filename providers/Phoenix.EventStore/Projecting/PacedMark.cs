using JasperFx.Events.Daemon.HighWater;

namespace Phoenix.EventStore.Projecting;

/// <summary>How far a replay beside may read: what is proven, at its pace.</summary>
internal sealed class PacedMark(ProvenMark proven, ReplayPace pace, Func<Task<long>> reached, TimeProvider time)
    : IHighWaterDetector, IDaemonWakeup
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private long _told;

    public Uri DatabaseUri => proven.DatabaseUri;

    public Task<HighWaterStatistics> Detect(CancellationToken token) => LookAsync(token);

    public Task<HighWaterStatistics> DetectInSafeZone(CancellationToken token) => LookAsync(token);

    public Task WaitAsync(TimeSpan timeout, CancellationToken token) =>
        pace.IsOff ? proven.WaitAsync(timeout, token) : Task.Delay(Look, time, token);

    public void Dispose()
    {
        // It owns nothing; the daemon disposes of its wakeup.
    }

    private async Task<HighWaterStatistics> LookAsync(CancellationToken token)
    {
        var (before, safe) = (_told, (await proven.Detect(token)).CurrentMark);
        _told = Math.Max(before, pace.IsOff ? safe : pace.Next(safe, await reached()));
        return new()
        {
            LastMark = before, CurrentMark = _told, SafeStartMark = _told, HighestSequence = Math.Max(1, _told), Timestamp = time.GetUtcNow(),
        };
    }
}
