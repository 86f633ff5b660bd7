namespace Phoenix.EventStore;

/// <summary>
/// The log of one aggregate for a grain that runs its own decision loop. It holds the state; the loop advances it by the events it decides,
/// and commits what it decided. One commit at a time; events may be decided while it is on its way. Not thread-safe: used from the grain's
/// own turns only.
/// </summary>
/// <typeparam name="TView">The state.</typeparam>
/// <typeparam name="TEntry">The base type of events.</typeparam>
public interface ICommandLog<TView, TEntry> where TView : class where TEntry : class
{
    /// <summary>The stream's id.</summary>
    string StreamId { get; }

    /// <summary>False until <see cref="LoadAsync"/> has succeeded, and again after <see cref="Forget"/>.</summary>
    bool IsLoaded { get; }

    /// <summary>The state after every event decided so far, committed or not.</summary>
    TView State { get; }

    /// <summary>The version of what is committed, as far as this log knows.</summary>
    long CommittedVersion { get; }

    /// <summary>The version of <see cref="State"/>.</summary>
    long DecidedVersion { get; }

    /// <summary>Reads the latest committed state.</summary>
    /// <exception cref="LogUnavailableException">Storage cannot be reached.</exception>
    /// <exception cref="LogBrokenException">An event cannot be read or applied.</exception>
    Task LoadAsync();

    /// <summary>Throws the state away: after a failed commit nothing decided on it counts.</summary>
    void Forget();

    /// <summary>Applies decided events to <see cref="State"/> and makes them ready for the next commit.</summary>
    /// <returns>The rows to commit.</returns>
    /// <exception cref="Exception">
    /// Whatever the state's transition or the serializer throws. A state that may be half changed is forgotten: see <see cref="IsLoaded"/>.
    /// Otherwise it is as before.
    /// </exception>
    IReadOnlyList<EventRow> Advance(IReadOnlyList<TEntry> entries, EventMetadata metadata);

    /// <summary>
    /// Commits decided commands with their events, all or none, if the stream is still at <see cref="CommittedVersion"/>. The events are
    /// all that were decided since the last commit. The lists stay as they are until the end is known. A commit that delivers a due row
    /// which is not there any more is lost, as one on an older version is: ask <see cref="IsDueAsync"/> before deciding again.
    /// </summary>
    /// <exception cref="LogException">See <see cref="StreamResult"/> for what is no exception.</exception>
    Task<StreamResult> CommitAsync(IReadOnlyList<CommandRecord> commands, IReadOnlyList<EventRow> events, DueChanges? due, TagChanges? tags = null);

    /// <summary>Those of the commands that the ledger knows.</summary>
    Task<IReadOnlyList<CommandRecord>> KnownAsync(Guid[] commandIds);

    /// <summary>Whether a due row of this stream is there just so.</summary>
    Task<bool> IsDueAsync(DueReference row);

    /// <summary>The version in storage now.</summary>
    Task<long> StoredVersionAsync();

    /// <summary>
    /// Stored events after a version, as many as asked for or as <see cref="EventStoreOptions.HistoryPageBytes"/> lets through.
    /// </summary>
    Task<StoredPage> EventsAsync(long after, int limit);

    /// <summary>A fresh state as it was after the last event up to this version and time, and its version.</summary>
    Task<(TView State, long Version)> StateAtAsync(long version, DateTimeOffset time);

    /// <summary>The latest committed state, built afresh, and its version.</summary>
    Task<(TView State, long Version)> LatestStateAsync();

    /// <summary>The state as JSON, as a snapshot would hold it.</summary>
    string ToJson(TView state);
}

/// <summary>What is stored with each event of a command.</summary>
/// <param name="CausationId">The command's id.</param>
/// <param name="CorrelationId">Its correlation id, or null.</param>
/// <param name="Headers">Headers as a JSON object, or null.</param>
/// <param name="UserName">The principal, or null.</param>
public readonly record struct EventMetadata(string? CausationId, string? CorrelationId, string? Headers, string? UserName);

/// <summary>
/// Implemented by a <c>JournaledGrain</c> that runs its own decision loop: it gets the command log when its adaptor is installed.
/// </summary>
/// <typeparam name="TView">The state.</typeparam>
/// <typeparam name="TEntry">The base type of events.</typeparam>
public interface ICommandLogHost<TView, TEntry> where TView : class where TEntry : class
{
    /// <summary>Called once, before activation.</summary>
    void UseCommandLog(ICommandLog<TView, TEntry> log);
}
