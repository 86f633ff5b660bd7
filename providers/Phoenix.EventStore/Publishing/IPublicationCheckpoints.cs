namespace Phoenix.EventStore;

/// <summary>
/// How far publications are, and who may publish. A publisher has a lease by the database's clock and an epoch; each thing that it stores
/// is refused when the epoch is no longer its own. So an owner that was frozen can neither go on nor store anything when it wakes.
/// </summary>
public interface IPublicationCheckpoints
{
    /// <summary>What is stored of a publication, slice by slice; empty when it has never run.</summary>
    Task<IReadOnlyList<PublicationCheckpoint>> SlicesAsync(string publication, CancellationToken cancellation);

    /// <summary>Creates it unless it exists.</summary>
    /// <param name="publication">The publication's name.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="slices">Into how many slices it is divided.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task CreateAsync(string publication, long position, int slices, CancellationToken cancellation);

    /// <summary>
    /// Divides it anew. All slices begin where the slowest of the former ones was, before what was parked, in the same run: what goes out
    /// again has the ids that it had. False when there is no such publication.
    /// </summary>
    Task<bool> DivideAsync(string publication, int slices, CancellationToken cancellation);

    /// <summary>Takes a slice over; null when it is paused or somebody else's lease has not run out.</summary>
    /// <param name="row">The slice's row.</param>
    /// <param name="owner">Who takes it, for operators.</param>
    /// <param name="lease">How long the right lasts without being renewed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<PublicationLease?> TakeAsync(string row, string owner, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Stores a position and renews the lease. False: deposed; stop at once.</summary>
    /// <param name="lease">The right.</param>
    /// <param name="progress">What is stored.</param>
    /// <param name="time">How long the lease lasts from now.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<bool> SaveAsync(PublicationLease lease, PublicationProgress progress, TimeSpan time, CancellationToken cancellation);

    /// <summary>Lets another one take over at once; nothing happens when it has already.</summary>
    Task ReleaseAsync(PublicationLease lease, long position, CancellationToken cancellation);

    /// <summary>Ends a run that cannot go on: it waits for an operator. False: deposed.</summary>
    Task<bool> StopAsync(PublicationLease lease, long position, string trouble, CancellationToken cancellation);

    /// <summary>Pauses; the owner is deposed. False when there is no such publication.</summary>
    Task<bool> PauseAsync(string publication, string? reason, CancellationToken cancellation);

    /// <summary>Lets it run again, and tries what is parked again. False when there is no such publication.</summary>
    Task<bool> ResumeAsync(string publication, CancellationToken cancellation);

    /// <summary>
    /// Goes back to a position: everything after it is published again, in a new run; what was parked after it is no longer. False when it
    /// is not that far yet, or does not exist.
    /// </summary>
    Task<bool> RewindAsync(string publication, long position, CancellationToken cancellation);

    /// <summary>The streams that are parked, of one slice, oldest first.</summary>
    Task<IReadOnlyList<ParkedStream>> ParkedAsync(string row, CancellationToken cancellation);

    /// <summary>Parks a stream, or moves what is held back of it on. False: deposed.</summary>
    Task<bool> ParkAsync(PublicationLease lease, LoggedEvent first, string reason, CancellationToken cancellation);

    /// <summary>Ends the parking of a stream whose events are published. False: deposed.</summary>
    Task<bool> UnparkAsync(PublicationLease lease, string stream, CancellationToken cancellation);

    /// <summary>Events of one stream by their numbers: after one and up to another, at most 500 of them.</summary>
    Task<IReadOnlyList<LoggedEvent>> EventsAsync(string stream, long after, long upTo, CancellationToken cancellation);

    /// <summary>How many events of these kinds and names have numbers after one and up to another.</summary>
    /// <param name="after">The one number.</param>
    /// <param name="upTo">The other.</param>
    /// <param name="aggregates">Kinds of aggregates: what a stream's name begins with, before its first slash. None: all.</param>
    /// <param name="types">Stored names of events. None: all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<long> CountAsync(
        long after, long upTo, IReadOnlyCollection<string> aggregates, IReadOnlyCollection<string> types, CancellationToken cancellation);

    /// <summary>
    /// The last number of the log, and how long the first event after a position has been stored; zero when there is none.
    /// </summary>
    Task<(long End, TimeSpan Age)> BacklogAsync(long position, CancellationToken cancellation);

    /// <summary>
    /// The position before the first event that was stored at this time or later; <paramref name="safe"/> when that is lower or there is
    /// none. Reads the whole log.
    /// </summary>
    Task<long> PositionAtAsync(DateTimeOffset time, long safe, CancellationToken cancellation);

    /// <summary>The position before the event with which a stream had a version; null when there is none.</summary>
    Task<long?> PositionBeforeAsync(string stream, long version, CancellationToken cancellation);
}
