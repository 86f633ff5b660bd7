using System.Runtime.ExceptionServices;
using Orleans.EventSourcing;

namespace Phoenix.EventStore.Log;

/// <summary>
/// The adaptor of a plain <c>JournaledGrain</c>. Every failure reaches the caller of <c>ConfirmEvents</c>; events that were not confirmed
/// are then dropped and the activation ends, so nothing is stored behind the caller's back and the next call sees what is stored.
/// </summary>
internal sealed class EventLogViewAdaptor<TView, TEntry>(
    StreamLog<TView, TEntry> log, ILogViewAdaptorHost<TView, TEntry> host, Func<TView, TView> copy) : ILogViewAdaptor<TView, TEntry>, IDisposable
    where TView : class, new() where TEntry : class
{
    private const int Attempts = 5;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private List<TEntry> _pending = [];
    private TView? _tentative;

    // The first of the pending events, as many as some caller of ConfirmEvents waits for.
    private int _awaited;
    private bool _stale;
    private int _losses;
    private Exception? _loss;
    private bool _lossUntold;

    public TView ConfirmedView => log.State;
    public int ConfirmedVersion => checked((int)log.CommittedVersion);
    public IEnumerable<TEntry> UnconfirmedSuffix => _pending;

    public TView TentativeView
    {
        get
        {
            if (_pending.Count == 0) return log.State;
            if (_tentative is not null) return _tentative;
            var tentative = copy(log.State);
            foreach (var entry in _pending) host.UpdateView(tentative, entry);
            return _tentative = tentative;
        }
    }

    public Task PreOnActivate() => LoadAsync();
    public Task PostOnActivate() => Task.CompletedTask;
    public Task PostOnDeactivate() => Task.CompletedTask;
    public void Dispose() => _oneAtATime.Dispose();

    public void Submit(TEntry entry) => SubmitRange([entry]);

    public void SubmitRange(IEnumerable<TEntry> entries)
    {
        _pending.AddRange(entries);
        _tentative = null;
        host.OnViewChanged(tentative: true, confirmed: false);
    }

    public Task<bool> TryAppend(TEntry entry) => TryAppendRange([entry]);

    public Task<bool> TryAppendRange(IEnumerable<TEntry> entries)
    {
        // The condition: nothing but the events raised before this one has come to what the caller sees now.
        var seen = log.CommittedVersion + _pending.Count;
        return Serially(async () =>
        {
            await CommitPendingAsync();
            if (_stale) await LoadAsync();
            if (log.CommittedVersion != seen || !await TryCommitAsync([.. entries], ofPending: 0)) return false;
            _tentative = null;
            host.OnViewChanged(tentative: true, confirmed: true);
            return true;
        });
    }

    public Task ConfirmSubmittedEntries()
    {
        _awaited = _pending.Count;
        var (waiting, losses) = (_awaited > 0, _losses);
        return Serially(async () =>
        {
            // Others may have sent these events with theirs and lost them, while this caller waited for its turn.
            if (waiting && losses != _losses) ExceptionDispatchInfo.Throw(_loss!);
            await CommitPendingAsync();
            return true;
        });
    }

    public Task Synchronize() => Serially(async () =>
    {
        await LoadAsync();
        await CommitPendingAsync();
        return true;
    });

    public async Task<IReadOnlyList<TEntry>> RetrieveLogSegment(int fromVersion, int toVersion)
    {
        var entries = await log.EntriesAsync(toVersion);
        return entries.GetRange(fromVersion, toVersion - fromVersion);
    }

    public void EnableStatsCollection() { }
    public void DisableStatsCollection() { }
    public LogConsistencyStatistics GetStats() => new();

    private async Task CommitPendingAsync()
    {
        if (_lossUntold)
        {
            // Events raised while a commit that failed was on its way were dropped with it, and nobody has been told yet.
            _lossUntold = false;
            Lose(_loss!, _pending.Count);
            ExceptionDispatchInfo.Throw(_loss!);
        }

        for (var attempt = 1; _pending.Count > 0; attempt++)
        {
            List<TEntry> entries = [.. _pending];
            if (await TryCommitAsync(entries, ofPending: entries.Count))
            {
                _pending.RemoveRange(0, entries.Count);
                _awaited = Math.Max(0, _awaited - entries.Count);
                _tentative = null;
                host.OnViewChanged(tentative: false, confirmed: true);
                return;
            }

            if (attempt < Attempts) continue;
            var lost = new LogUnavailableException($"'{log.StreamId}' was changed elsewhere {Attempts} times while its events were being stored; they were dropped. Decide again.");
            Lose(lost, entries.Count);
            throw lost;
        }
    }

    private async Task<bool> TryCommitAsync(List<TEntry> entries, int ofPending)
    {
        try
        {
            if (_stale || !log.IsLoaded) await LoadAsync();
            // An event that cannot be applied must not reach the log.
            var trial = copy(log.State);
            foreach (var entry in entries) host.UpdateView(trial, entry);
            if (await log.CommitEntriesAsync(entries)) return true;
            await LoadAsync();
            return false;
        }
        catch (Exception exception)
        {
            Lose(exception, ofPending);
            (host as IGrainBase)?.DeactivateOnIdle();
            throw;
        }
    }

    private async Task LoadAsync()
    {
        await log.LoadAsync();
        _tentative = null;
        _stale = false;
    }

    private void Lose(Exception exception, int sent)
    {
        _stale = true;
        _losses++;
        _loss = exception;
        _lossUntold |= _pending.Count > Math.Max(sent, _awaited);
        _pending = [];
        _awaited = 0;
        _tentative = null;
    }

    private async Task<T> Serially<T>(Func<Task<T>> work)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
