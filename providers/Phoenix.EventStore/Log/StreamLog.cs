using System.Text.Json;
using Phoenix.EventStore.Snapshots;

namespace Phoenix.EventStore.Log;

/// <summary>One stream: its state, and the way between the two.</summary>
internal sealed class StreamLog<TView, TEntry>(string streamId, EventStoreServices services, SnapshotFormat? format, Func<TView> create, Action<TView, TEntry> apply)
    : ICommandLog<TView, TEntry> where TView : class where TEntry : class
{
    private TView? _state;

    public string StreamId => streamId;
    public bool IsLoaded => _state is not null;
    public TView State => _state ?? throw new InvalidOperationException($"The log of '{streamId}' is not loaded.");
    public long CommittedVersion { get; private set; }
    public long DecidedVersion { get; private set; }

    public async Task LoadAsync()
    {
        var loaded = await services.Loader.LatestAsync(streamId, format, create, Apply);
        _state = loaded.View;
        CommittedVersion = DecidedVersion = loaded.Version;
        // Without, every activation would replay as much until the next multiple: snapshots were lost, or the state has a new shape.
        if (format is not null && services.Options.SnapshotEvery is > 0 and var every && loaded.Replayed >= every && SnapshotAt(loaded.Version) is { } snapshot)
            services.Snapshots.Write(snapshot);
    }

    public void Forget() => _state = null;

    public IReadOnlyList<EventRow> Advance(IReadOnlyList<TEntry> entries, EventMetadata metadata)
    {
        var rows = RowsOf(entries, DecidedVersion, metadata);
        var readBack = services.Options.ReadBack;
        var isTouched = false;
        try
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var entry = readBack is null ? entries[i] : (TEntry)readBack(entries[i], rows[i].Data);
                isTouched = true;
                apply(State, entry);
            }
        }
        catch when (isTouched)
        {
            Forget();
            throw;
        }

        DecidedVersion += entries.Count;
        return rows;
    }

    public async Task<StreamResult> CommitAsync(IReadOnlyList<CommandRecord> commands, IReadOnlyList<EventRow> events, DueChanges? due, TagChanges? tags = null)
    {
        var version = CommittedVersion + events.Count;
        // Taken now, while the state is that of this commit; written only when the commit is known.
        var snapshot = IsLoaded && version == DecidedVersion && IsDue(CommittedVersion, version) ? SnapshotAt(version) : null;
        var result = await services.Commits.CommitAsync(new(streamId, CommittedVersion, commands, events, due, tags));
        if (!result.Committed) return result;
        CommittedVersion = version;
        if (snapshot is not null) services.Snapshots.Write(snapshot);
        return result;
    }

    /// <summary>
    /// Commits events that are not applied yet, as one write with an id of its own: when the reply to a commit is lost and the same batch
    /// is sent again, the ledger tells that it had committed. False when the stream was changed elsewhere.
    /// </summary>
    public async Task<bool> CommitEntriesAsync(IReadOnlyList<TEntry> entries)
    {
        var rows = RowsOf(entries, CommittedVersion, default);
        var before = CommittedVersion;
        var write = new CommandRecord
        {
            Id = Guid.CreateVersion7(), Outcome = RecordedOutcome.Accepted, Name = "journal.append", PayloadHash = [],
            VersionBefore = before, VersionAfter = before + rows.Length,
        };
        var result = await services.Commits.CommitAsync(new(streamId, before, [write], rows));
        if (!result.Committed && result.Known.Count == 0) return false;
        ApplyCommitted(entries);
        CommittedVersion = DecidedVersion = before + rows.Length;
        if (IsDue(before, CommittedVersion) && SnapshotAt(CommittedVersion) is { } snapshot) services.Snapshots.Write(snapshot);
        return true;
    }

    /// <summary>The first events, up to a version.</summary>
    public async Task<List<TEntry>> EntriesAsync(long version) =>
        (await services.Loader.UntilAsync(streamId, version, DateTimeOffset.MaxValue, null, () => new List<TEntry>(), (entries, data) => entries.Add((TEntry)data))).View;

    public Task<IReadOnlyList<CommandRecord>> KnownAsync(Guid[] commandIds) => services.Queries.KnownAsync(streamId, commandIds);

    public Task<bool> IsDueAsync(DueReference row) => services.Due.IsThereAsync(streamId, row);

    public Task<long> StoredVersionAsync() => services.Queries.VersionAsync(streamId);

    public Task<StoredPage> EventsAsync(long after, int limit) => services.Queries.EventsAsync(streamId, after, limit);

    public async Task<(TView State, long Version)> StateAtAsync(long version, DateTimeOffset time)
    {
        var loaded = await services.Loader.UntilAsync(streamId, version, time, format, create, Apply);
        return (loaded.View, loaded.Version);
    }

    public async Task<(TView State, long Version)> LatestStateAsync()
    {
        var loaded = await services.Loader.LatestAsync(streamId, format, create, Apply, forHistory: true);
        return (loaded.View, loaded.Version);
    }

    public string ToJson(TView state) => services.Serializer.ToJson(state);

    private void ApplyCommitted(IReadOnlyList<TEntry> entries)
    {
        try
        {
            foreach (var entry in entries) apply(State, entry);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private EventRow[] RowsOf(IReadOnlyList<TEntry> entries, long after, EventMetadata metadata)
    {
        var rows = new EventRow[entries.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new(after + i + 1, services.Types.NameOf(entries[i].GetType()), StorableText.Checked(services.Serializer.ToJson(entries[i])),
                metadata.CausationId, metadata.CorrelationId, metadata.Headers, metadata.UserName);
        }

        return rows;
    }

    private void Apply(TView view, object data) => apply(view, data as TEntry
        ?? throw new JsonException($"An event of type {data.GetType()} was stored; this stream holds {typeof(TEntry)}."));

    /// <summary>Null when the state cannot be written: that must not stop the commit that made the snapshot due (guarantee 2).</summary>
    private Snapshot? SnapshotAt(long version)
    {
        try
        {
            return new(streamId, version, format!.Value, ToJson(State));
        }
        catch (Exception exception)
        {
            services.Snapshots.LogNotWritten(exception, streamId, version);
            return null;
        }
    }

    private bool IsDue(long before, long after) =>
        format is not null && services.Options.SnapshotEvery > 0 && before / services.Options.SnapshotEvery < after / services.Options.SnapshotEvery;
}
