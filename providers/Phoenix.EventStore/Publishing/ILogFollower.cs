namespace Phoenix.EventStore;

/// <summary>
/// Reads the whole log of a database in the order of its numbers. No event is ever passed by, however long the transaction takes that
/// stores it.
/// </summary>
public interface ILogFollower
{
    /// <summary>Begins to read. Reads of the newest pages are shared by all cursors.</summary>
    /// <param name="after">The position to read after; 0 for the beginning.</param>
    ILogCursor Open(long after);

    /// <summary>
    /// Looks, and returns the last position that is proven: what is stored from now on comes after it, and perhaps a little of what is
    /// stored already.
    /// </summary>
    /// <param name="cancellation">Ends the wait.</param>
    Task<long> SafeAsync(CancellationToken cancellation);

    /// <summary>Waits until events after a position can be read.</summary>
    /// <param name="position">The position.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task PassedAsync(long position, CancellationToken cancellation);

    /// <summary>How far the log can be read, and what holds it up. Asking costs nothing.</summary>
    LogProgress Progress { get; }
}

/// <summary>Somebody's place in the log. Not thread-safe.</summary>
public interface ILogCursor
{
    /// <summary>Where the next page begins.</summary>
    long Position { get; }

    /// <summary>The next page; waits until there is one. It may hold no event, when the numbers up to its end were never used.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="LogWentBackException">The log has gone back since the cursor was opened, or ends before its position.</exception>
    Task<LogPage> NextAsync(CancellationToken cancellation);
}

/// <summary>How far the log can be read.</summary>
/// <param name="Safe">Every event up to this position can be read. As of the last look; 0 before the first.</param>
/// <param name="End">The last number that was drawn. As of the last look.</param>
/// <param name="HeldUp">The transaction that events after <paramref name="Safe"/> have been waiting for for more than a second; null when
/// there is none.</param>
/// <param name="UnreachableSince">Since when PostgreSQL does not answer; null while it does.</param>
public sealed record LogProgress(long Safe, long End, HeldUp? HeldUp, DateTimeOffset? UnreachableSince);
