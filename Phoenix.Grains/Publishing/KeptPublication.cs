using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Hosting;

namespace Phoenix.Publishing;

/// <summary>
/// One publication on one silo: asks again and again for the right to publish each of its slices, and publishes those that it gets.
/// </summary>
internal sealed partial class KeptPublication(
    PublicationDefinition definition, PublicationParts parts, string silo, PhoenixOptions phoenix, FairShare share, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    // For how long what was given up is left to others.
    private static readonly TimeSpan LeftToOthers = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, PublicationStatus> _statuses = new() { [definition.Name] = new(definition, parts.Time) };
    private readonly Dictionary<string, Tenancy> _running = [];
    private readonly Dictionary<string, long> _givenUp = [];

    /// <summary>Its slices as this silo sees them.</summary>
    public IEnumerable<PublicationStatus> Statuses => _statuses.Values;

    /// <summary>Runs until the silo stops.</summary>
    public async Task KeepAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                var idle = _statuses.Values.Where(one => !_running.ContainsKey(one.Row)).ToList();
                if (idle.Exists(one => one.Trouble is null)) LogFailed(exception, definition.Name);
                foreach (var one in idle) one.Raise("It cannot be taken over; the silo's log has the cause. It is tried again.");
            }

            await Task.Delay(Pause, parts.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running.Values.Select(one => one.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        await ForgetEndedAsync();
        var slices = await parts.Checkpoints.SlicesAsync(definition.Name, stopping);
        if (slices.Count == 0)
        {
            await CreateAsync(stopping);
            slices = await parts.Checkpoints.SlicesAsync(definition.Name, stopping);
        }

        foreach (var gone in _statuses.Keys.Except(slices.Select(one => one.Publication)).Where(row => !_running.ContainsKey(row)).ToList())
            _statuses.TryRemove(gone, out _);
        foreach (var slice in slices.Where(one => !_running.ContainsKey(one.Publication))) await AskAsync(slice, stopping);
        if (share.Tell(definition.Name, slices.Count, _running.Count)) GiveOneUp();
    }

    private async Task AskAsync(PublicationCheckpoint slice, CancellationToken stopping)
    {
        var row = slice.Publication;
        var status = _statuses.GetOrAdd(row, key => new(definition, parts.Time, key));
        if (_givenUp.TryGetValue(row, out var at) && parts.Time.GetElapsedTime(at) < LeftToOthers) return;
        if (await parts.Checkpoints.TakeAsync(row, silo, parts.Options.Lease, stopping) is { } lease)
        {
            LogTook(row, lease.Epoch, lease.Position, lease.Run);
            _running[row] = new(ending => new PublicationRun(definition, lease, parts, status, logger).RunAsync(ending), stopping);
            return;
        }

        if (slice.State == PublicationState.Stopped) status.Raise(slice.Trouble ?? "It has stopped.");
        // What was wrong here is somebody else's now, or an operator's.
        else if (slice.IsLeased || slice.State == PublicationState.Paused) status.Mended();
    }

    private void GiveOneUp()
    {
        var (row, tenancy) = _running.MaxBy(one => one.Key, StringComparer.Ordinal);
        LogGivesUp(row);
        _givenUp[row] = parts.Time.GetTimestamp();
        tenancy.End();
    }

    private async Task ForgetEndedAsync()
    {
        foreach (var (row, tenancy) in _running.Where(one => one.Value.Ended.IsCompleted).ToList())
        {
            _running.Remove(row);
            await tenancy.DisposeAsync();
        }
    }

    private async Task CreateAsync(CancellationToken stopping)
    {
        // Created once, with the publication: one that is gone later was taken away by somebody, and is not put in its place unasked.
        if (definition.CreatesTopic) await parts.Senders.EnsureAsync(definition.Topic, phoenix.Partitions, phoenix.ReplicationFactor);
        var settings = definition.Settings;
        var start = settings.Start switch
        {
            PublicationStart.Beginning => 0,
            PublicationStart.Now => await parts.Log.SafeAsync(stopping),
            PublicationStart.Position => settings.Position!.Value,
            PublicationStart.Time => await parts.Checkpoints.PositionAtAsync(settings.Time!.Value, await parts.Log.SafeAsync(stopping), stopping),
            var other => throw new InvalidOperationException($"{other} is no start."),
        };
        await parts.Checkpoints.CreateAsync(definition.Name, start, settings.Slices, stopping);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo publishes '{Publication}' (epoch {Epoch}) after position {Position}, run {Run}.")]
    private partial void LogTook(string publication, long epoch, long position, int run);

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo publishes more than its share and leaves '{Publication}' to others.")]
    private partial void LogGivesUp(string publication);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publication '{Publication}' cannot be taken over; it is tried again.")]
    private partial void LogFailed(Exception exception, string publication);

    /// <summary>A slice that this silo publishes, until the silo stops or it is ended.</summary>
    private sealed class Tenancy : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending;

        public Tenancy(Func<CancellationToken, Task> run, CancellationToken stopping)
        {
            _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            Ended = run(_ending.Token);
        }

        public Task Ended { get; }

        public void End() => _ending.Cancel();

        public async ValueTask DisposeAsync()
        {
            await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ending.Dispose();
        }
    }
}
