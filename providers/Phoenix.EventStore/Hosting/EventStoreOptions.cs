namespace Phoenix.EventStore;

/// <summary>How the log writes and reads.</summary>
public sealed class EventStoreOptions
{
    /// <summary>Connection string of PostgreSQL's writer; read replicas must never be used here. Required.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Whether the silo adds what is missing of its tables, and of those of projections, when it starts; nothing is ever dropped. Default
    /// true. False where its role may not: it refuses to start while something is missing, and a host with true, started once under a role
    /// that may, adds it.
    /// </summary>
    public bool ApplySchema { get; set; } = true;

    /// <summary>
    /// Flushes of the commit queue in flight at once, each on its own connection. Default 2. While one is on its way a further one begins
    /// when half of
    /// <see cref="StreamsPerFlush"/> wait, or one has waited for 10 ms; what waits is otherwise taken by the next.
    /// </summary>
    public int Flushes { get; set; } = 2;

    /// <summary>
    /// Connections for replay, the ledger and snapshots; a reader that finds none free waits for one. A fifth of them, at least one, is for
    /// histories and states of the past, so that who looks at these keeps no aggregate from becoming active. Default 10, at least 2.
    /// </summary>
    public int ReadConnections { get; set; } = 10;

    /// <summary>Most streams in one flush. Default 128.</summary>
    public int StreamsPerFlush { get; set; } = 128;

    /// <summary>
    /// About how many bytes of events, replies and payloads one flush carries at most; a stream that has more goes alone. Default 4 MiB.
    /// </summary>
    public long BytesPerFlush { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How long one attempt to commit may take. Default 5 s. PostgreSQL itself gives up a lock after a fifth and a statement after four
    /// fifths of it, so that what stands behind somebody's lock is rolled back for certain, and the rest of its flush is committed without
    /// it.
    /// </summary>
    public TimeSpan AttemptTimeLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a commit is attempted before its callers get <see cref="LogUnavailableException"/> or
    /// <see cref="LogOutcomeUnknownException"/>. Default 10 s.
    /// </summary>
    public TimeSpan CommitTimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>About how many bytes of events a page of a history carries at most, and at least one event. Default 1 MiB.</summary>
    public long HistoryPageBytes { get; set; } = 1024 * 1024;

    /// <summary>How long reading a stream or the ledger may take. Default 10 s.</summary>
    public TimeSpan ReadTimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A snapshot is written each time the version passes a multiple of this, and when as many events had to be replayed; 0 switches
    /// snapshots off. Default 1,000.
    /// </summary>
    public int SnapshotEvery { get; set; } = 1000;

    /// <summary>
    /// How long a snapshot that was written last by a build with another format is left to it: two builds that run side by side, as in a
    /// rolling update, take turns at a stream's row no more often than this. 10 minutes.
    /// </summary>
    internal TimeSpan SnapshotStays { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a commit waits for a lock that somebody else holds before its flush goes on without it.</summary>
    internal TimeSpan LockWait => AttemptTimeLimit / 5;

    /// <summary>The same, when it has waited in vain before.</summary>
    internal TimeSpan ShortLockWait => LockWait / 20;

    /// <summary>
    /// Gives an event, with its JSON, as storage will give it back; the state of a grain that decides commands is advanced by what this
    /// returns, and what it throws costs the command. Default null: by the event itself.
    /// </summary>
    public Func<object, string, object>? ReadBack { get; set; }

    /// <summary>
    /// How long the commit queue asks the ledger before it writes, after it met a command that the ledger knew: where one was known more
    /// are likely, because a client repeats or a silo took over. At other times the ledger's key decides, which costs a new command nothing
    /// and a known one a second sending of its batch. 10 s.
    /// </summary>
    internal TimeSpan AskLedgerAfterRepeat { get; set; } = TimeSpan.FromSeconds(10);
}
