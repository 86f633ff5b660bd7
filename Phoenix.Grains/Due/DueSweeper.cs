using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>
/// Delivers what is due. Every silo has one; the one that holds the lease sweeps, the others stand by. It pages through the rows by their
/// time, beginning where all before is known to be done, and puts off or buries what cannot be delivered, so that a row delays no other.
/// </summary>
internal sealed partial class DueSweeper(
    DueQueue queue, WaitingStreams waiting, LeaseTable leases, DueDelivery delivery, DueRemovals removals, DueWatch watch, DueOptions options, ILocalSiloDetails silo, TimeProvider time,
    ILogger<DueSweeper> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const string Lease = "due";

    // A row is never older than its transaction, and no transaction of a commit queue lasts so long.
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);

    // Should one have lasted longer all the same, or the database's clock have gone back, the row is found by this.
    private static readonly TimeSpan WholeEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(2);

    private readonly string _owner = $"{silo.SiloAddress} {Guid.NewGuid():N}";
    private readonly SemaphoreSlim _slots = new(options.MaxInFlight);
    private readonly ConcurrentDictionary<(string Owner, DueReference Row), DateTimeOffset> _underWay = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    private long _leaseTaken;
    private DateTimeOffset _from = DateTimeOffset.MinValue;
    private long _whole;
    private long _counted;

    private readonly Lock _gate = new();

    // The earliest row that is still there although its delivery has ended; guarded by the gate.
    private DateTimeOffset _again = DateTimeOffset.MaxValue;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(DueSweeper), ServiceLifecycleStage.Active, Start, _ => StopAsync());

    public void Dispose()
    {
        _slots.Dispose();
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
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await HoldsLeaseAsync()) await SweepAsync();
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                LogInterrupted(exception);
            }

            await Task.Delay(options.SweepEvery, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!watch.State.Sweeping) return;
        try
        {
            await leases.LeaveAsync(Lease, _owner);
        }
        catch (LogUnavailableException exception)
        {
            LogInterrupted(exception);
        }
    }

    private async Task<bool> HoldsLeaseAsync()
    {
        var before = watch.State.Sweeping;
        var epoch = await leases.TakeAsync(Lease, _owner, options.LeaseTime);
        _leaseTaken = time.GetTimestamp();
        watch.Swept(epoch is not null);
        if (epoch is { } taken && !before)
        {
            // What the one before knew to be done is not known here.
            _from = DateTimeOffset.MinValue;
            LogSweeping(taken);
        }

        return epoch is not null;
    }

    private async Task SweepAsync()
    {
        var beginning = Beginning();
        try
        {
            await SweepFromAsync(beginning);
        }
        catch
        {
            LookAgain(beginning);
            throw;
        }
    }

    private async Task SweepFromAsync(DateTimeOffset beginning)
    {
        var place = DuePlace.From(beginning);
        DateTimeOffset? began = null;
        while (!_stopping.IsCancellationRequested)
        {
            var page = await queue.PageAsync(place, options.PageRows);
            began ??= page.Now;
            watch.Heard(page.Now);
            foreach (var item in page.Items) await BeginAsync(item);
            if (!page.More) break;
            place = DuePlace.Of(page.Items[^1]);
            if (time.GetElapsedTime(_leaseTaken) > options.LeaseTime / 3 && !await HoldsLeaseAsync()) return;
        }

        if (began is not { } looked) return;
        watch.Forget(looked);
        _from = looked - LongestCommit;
        foreach (var due in _underWay.Values)
        {
            if (due < _from) _from = due;
        }

        if (_counted != 0 && time.GetElapsedTime(_counted) < CountEvery) return;
        watch.Counted(await queue.CountDeadAsync(), await waiting.CountStoppedAsync(OpenTransactions.Kind));
        _counted = time.GetTimestamp();
    }

    private DateTimeOffset Beginning()
    {
        if (_whole == 0 || time.GetElapsedTime(_whole) >= WholeEvery)
        {
            _whole = time.GetTimestamp();
            return DateTimeOffset.MinValue;
        }

        lock (_gate)
        {
            var again = _again;
            _again = DateTimeOffset.MaxValue;
            // A place is before the rows of its own time.
            return again < _from ? again : _from;
        }
    }

    private async Task BeginAsync(DueItem item)
    {
        if (!_underWay.TryAdd((item.Owner, item.Reference), item.Due)) return;
        watch.Opened(item);
        await _slots.WaitAsync(_stopping.Token);
        _ = Task.Run(() => DeliverAsync(item));
    }

    private async Task DeliverAsync(DueItem item)
    {
        var isStill = true;
        try
        {
            var result = await DeliverInSlotAsync(item);
            isStill = await EndAsync(item, result);
        }
        catch (Exception exception)
        {
            LogNotNoted(exception, item.Reference.Name, item.Owner);
        }
        finally
        {
            if (isStill) LookAgain(item.Due);
            _underWay.TryRemove((item.Owner, item.Reference), out _);
        }
    }

    private async Task<DueResult> DeliverInSlotAsync(DueItem item)
    {
        try
        {
            return await delivery.DeliverAsync(item, mayBeRepeat: item.Kind == DueKind.Send || item.Attempts > 0);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Does with the row what its delivery asks for. True when the row is still there and due as before.</summary>
    private async Task<bool> EndAsync(DueItem item, DueResult result)
    {
        switch (result.Ending)
        {
            case DueEnding.Done:
                DueInstruments.Delivered(item, "sweep", watch.Now - item.Scheduled);
                // A timer went with its commit. One whose outcome somebody else has recorded goes here.
                if ((item.Kind == DueKind.Send || result.Repeated) && !await removals.RemoveAsync(item)) return true;
                break;
            case DueEnding.Over:
                if (await queue.IsThereAsync(item.Owner, item.Reference)) return true;
                break;
            case DueEnding.Failed when item.Attempts + 1 >= options.Attempts && !delivery.IsWakeOfTransaction(item):
                DueInstruments.Failed(item, result.Code!);
                await queue.BuryAsync(item.Owner, item.Reference, result.Code!);
                LogBuried(item.Command, item.Target, item.Reference.Name, item.Owner, item.Attempts + 1, result.Code!);
                break;
            default:
                DueInstruments.Failed(item, result.Code!);
                var failed = result.Ending == DueEnding.Failed;
                var pause = failed ? options.PauseAfter(item.Attempts) : result.Pause ?? ShortPause;
                await queue.LaterAsync(item.Owner, item.Reference, pause, failed, result.Code!);
                watch.PutOff(item, pause);
                return false;
        }

        watch.Closed(item);
        return false;
    }

    private void LookAgain(DateTimeOffset due)
    {
        lock (_gate)
        {
            if (due < _again) _again = due;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo delivers timers and sends (epoch {Epoch}).")]
    private partial void LogSweeping(long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for what is due was interrupted; it goes on in a moment.")]
    private partial void LogInterrupted(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of '{Name}' of '{Owner}' could not be noted; it is delivered again.")]
    private partial void LogNotNoted(Exception exception, string name, string owner);

    [LoggerMessage(Level = LogLevel.Error, Message = "'{Command}' for '{Target}', due by '{Name}' of '{Owner}', is a dead letter: it failed {Attempts} times, at last with {Code}.")]
    private partial void LogBuried(string command, string target, string name, string owner, int attempts, string code);
}
