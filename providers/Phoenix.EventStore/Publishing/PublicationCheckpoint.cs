namespace Phoenix.EventStore;

/// <summary>Whether a publication runs.</summary>
public enum PublicationState
{
    /// <summary>Somebody publishes, or will within seconds.</summary>
    Running = 1,

    /// <summary>An operator has paused it, until an operator resumes it.</summary>
    Paused = 2,

    /// <summary>It met an event that it cannot publish, and waits for an operator to resume it.</summary>
    Stopped = 3,
}

/// <summary>What the database knows of a publication.</summary>
public sealed record PublicationCheckpoint
{
    /// <summary>The key of the row: <see cref="PublicationSlice.Row"/>.</summary>
    public required string Publication { get; init; }

    /// <summary>Which part of the publication's streams it is.</summary>
    public PublicationSlice Slice { get; init; } = PublicationSlice.Whole;

    /// <summary>Whether it runs.</summary>
    public required PublicationState State { get; init; }

    /// <summary>Everything up to this number of the log is published, but for the streams that are parked.</summary>
    public required long Position { get; init; }

    /// <summary>Counts from 1; raised by each rewind, so that what is published again is told apart.</summary>
    public required int Run { get; init; }

    /// <summary>Raised by each change of owner and by each act of an operator; who holds an older one is refused.</summary>
    public required long Epoch { get; init; }

    /// <summary>Tells the numbers of one life of the database from those of another: after a restore it is higher.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The silo that publishes, or published last; null when none does.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether the owner's lease has not run out.</summary>
    public bool IsLeased { get; init; }

    /// <summary>What holds it up, in words for operators; null when nothing does.</summary>
    public string? Trouble { get; init; }

    /// <summary>Messages a second that the owner has sent lately.</summary>
    public double Rate { get; init; }

    /// <summary>What failed last, and when; kept when it is over. Null: nothing has.</summary>
    public (string Reason, DateTimeOffset At)? LastError { get; init; }

    /// <summary>When the position or the state was stored last, by PostgreSQL's clock.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The right to publish, for as long as it is renewed.</summary>
/// <param name="Publication">The key of the row: <see cref="PublicationSlice.Row"/>.</param>
/// <param name="Epoch">Whoever has a lower one is refused.</param>
/// <param name="Position">Where to go on.</param>
/// <param name="Run">The run that messages belong to.</param>
/// <param name="Incarnation">The life of the database that positions belong to.</param>
/// <param name="Slice">The part of the streams that the right is for.</param>
public sealed record PublicationLease(string Publication, long Epoch, long Position, int Run, long Incarnation, PublicationSlice Slice);

/// <summary>What an owner stores from time to time.</summary>
/// <param name="Position">Everything up to here is published.</param>
/// <param name="Trouble">What holds the publication up, or null.</param>
/// <param name="Rate">Messages a second, lately.</param>
/// <param name="LastError">What failed last here; null: nothing did.</param>
public sealed record PublicationProgress(long Position, string? Trouble = null, double Rate = 0, (string Reason, DateTimeOffset At)? LastError = null);

/// <summary>A stream whose events a publication holds back, because it cannot publish one of them.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Sequence">The number of the first event that is held back: the one that cannot be published.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Reason">Why it cannot be published.</param>
/// <param name="Since">When it was found, by PostgreSQL's clock.</param>
public sealed record ParkedStream(string Stream, long Sequence, long Version, string Type, string Reason, DateTimeOffset Since);
