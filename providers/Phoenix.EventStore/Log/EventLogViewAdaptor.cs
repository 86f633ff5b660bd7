using Orleans.EventSourcing;

namespace Phoenix.EventStore.Log;

/// <summary>
/// The adaptor of a plain <c>JournaledGrain</c>. Every failure reaches the caller of <c>ConfirmEvents</c>; events that were not confirmed are then
/// dropped and the state is read again, so nothing is stored behind the caller's back.
/// </summary>
internal sealed class EventLogViewAdaptor<TView, TEntry>(
    StreamLog<TView, TEntry> log, ILogViewAdaptorHost<TView, TEntry> host, Func<TView, TView> copy) : ILogViewAdaptor<TView, TEntry>, IDisposable
    where TView : class, new() where TEntry : class
{
    private const int Attempts = 5;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private List<TEntry> _pending = [];
    private TView? _tentative;

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

    public async Task PreOnActivate() => await log.LoadAsync();
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

    public Task<bool> TryAppendRange(IEnumerable<TEntry> entries) => Serially(async () =>
    {
        await CommitPendingAsync();
        return await TryCommitAsync([.. entries]);
    });

    public Task ConfirmSubmittedEntries() => Serially(async () =>
    {
        await CommitPendingAsync();
        return true;
    });

    public Task Synchronize() => Serially(async () =>
    {
        await log.LoadAsync();
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
        var entries = _pending;
        for (var attempt = 1; entries.Count > 0; attempt++)
        {
            if (await TryCommitAsync(entries))
            {
                _pending.RemoveRange(0, entries.Count);
                _tentative = null;
                return;
            }

            if (attempt == Attempts)
            {
                _pending = [];
                throw new LogUnavailableException($"'{log.StreamId}' was changed elsewhere {Attempts} times while its events were being stored; they were dropped. Decide again.");
            }

            entries = [.. _pending];
        }
    }

    private async Task<bool> TryCommitAsync(List<TEntry> entries)
    {
        if (!log.IsLoaded) await log.LoadAsync();
        try
        {
            // An event that cannot be applied must not reach the log.
            var trial = copy(log.State);
            foreach (var entry in entries) host.UpdateView(trial, entry);
            var committed = await log.CommitEntriesAsync([.. entries]);
            if (committed) host.OnViewChanged(tentative: false, confirmed: true);
            else await log.LoadAsync();
            return committed;
        }
        catch
        {
            _pending = [];
            _tentative = null;
            log.Forget();
            throw;
        }
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
