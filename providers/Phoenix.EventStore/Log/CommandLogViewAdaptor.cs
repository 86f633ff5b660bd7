using Orleans.EventSourcing;

namespace Phoenix.EventStore.Log;

/// <summary>
/// The adaptor of a grain that decides through its <see cref="ICommandLog{TView,TEntry}"/>: it lends the log, and refuses the event-only
/// calls.
/// </summary>
internal sealed class CommandLogViewAdaptor<TView, TEntry>(ICommandLog<TView, TEntry> log) : ILogViewAdaptor<TView, TEntry>
    where TView : class, new() where TEntry : class
{
    public TView TentativeView => log.State;
    public TView ConfirmedView => throw Refused();
    public int ConfirmedVersion => checked((int)log.CommittedVersion);
    public IEnumerable<TEntry> UnconfirmedSuffix => throw Refused();

    public Task<IReadOnlyList<TEntry>> RetrieveLogSegment(int fromVersion, int toVersion) => throw Refused();
    public void Submit(TEntry entry) => throw Refused();
    public void SubmitRange(IEnumerable<TEntry> entries) => throw Refused();
    public Task<bool> TryAppend(TEntry entry) => throw Refused();
    public Task<bool> TryAppendRange(IEnumerable<TEntry> entries) => throw Refused();
    public Task ConfirmSubmittedEntries() => Task.CompletedTask;

    // The decision loop loads when it first needs state, where it can answer a failure with a typed error.
    public Task Synchronize() => Task.CompletedTask;
    public Task PreOnActivate() => Task.CompletedTask;
    public Task PostOnActivate() => Task.CompletedTask;
    public Task PostOnDeactivate() => Task.CompletedTask;

    public void EnableStatsCollection() { }
    public void DisableStatsCollection() { }
    public LogConsistencyStatistics GetStats() => new();

    private static NotSupportedException Refused() =>
        new("This grain decides commands through its command log. Raise events by returning them from a Handle method.");
}
