namespace Phoenix.EventStore;

/// <summary>
/// Holds read models against the log, and makes them anew. Both fill tables of their own beside those in use, from the first event on, so
/// neither stops anybody who reads or writes; both need the right to create a schema in the database. While commands are stored they work
/// <see cref="ProjectionOptions.RebuildShare"/> of the time. One at a time for each projection.
/// </summary>
public interface IProjectionUpkeep
{
    /// <summary>Replays the log and names the rows that are not as it says.</summary>
    /// <param name="projection">The projection's name.</param>
    /// <param name="told">Is told some times a second how far the replay is.</param>
    /// <param name="cancellation">Ends it; nothing is left behind.</param>
    /// <exception cref="ArgumentException">There is no such projection, or it cannot be compared; the message says why.</exception>
    /// <exception cref="InvalidOperationException">It is being verified or rebuilt already, or the replay stands at an event.</exception>
    Task<ProjectionVerdict> VerifyAsync(string projection, Action<ReplayProgress>? told, CancellationToken cancellation);

    /// <inheritdoc cref="VerifyAsync(string, Action{ReplayProgress}, CancellationToken)"/>
    Task<ProjectionVerdict> VerifyAsync(string projection, CancellationToken cancellation) => VerifyAsync(projection, told: null, cancellation);

    /// <summary>
    /// Replays the log and then, in one step, makes the tables what that gave: rows that were right stay as they are. Readers see the old
    /// rows until then. This is also the mend for what a verification names. One that was killed, cancelled or failed on the way is
    /// gone on with by the next one, on whichever silo, where the code of the projection is the same.
    /// </summary>
    /// <param name="projection">The projection's name.</param>
    /// <param name="told">Is told some times a second how far the replay is.</param>
    /// <param name="cancellation">Ends it before the step; nothing is changed then.</param>
    /// <exception cref="ArgumentException">There is no such projection, or it cannot be compared; the message says why.</exception>
    /// <exception cref="InvalidOperationException">It is being verified or rebuilt already, or the replay stands at an event.</exception>
    /// <exception cref="TimeoutException">It did not catch up with the projection in use.</exception>
    Task<ProjectionRebuilt> RebuildAsync(string projection, Action<ReplayProgress>? told, CancellationToken cancellation);

    /// <inheritdoc cref="RebuildAsync(string, Action{ReplayProgress}, CancellationToken)"/>
    Task<ProjectionRebuilt> RebuildAsync(string projection, CancellationToken cancellation) => RebuildAsync(projection, told: null, cancellation);
}

/// <summary>How far a replay is.</summary>
/// <param name="Position">Up to which number of the log it has come.</param>
/// <param name="End">Where the log ended when it began.</param>
public sealed record ReplayProgress(long Position, long End);

/// <summary>What a verification found.</summary>
/// <param name="Position">Up to which number of the log the read model was when it was looked at last.</param>
/// <param name="Wrong">The rows that are not as the log says, at most 1,000 a table.</param>
/// <param name="Undecided">Rows that changed so often that nothing can be said of them.</param>
public sealed record ProjectionVerdict(long Position, IReadOnlyList<RowDifference> Wrong, int Undecided)
{
    /// <summary>Whether the read model is what replaying the log gives.</summary>
    public bool IsRight => Wrong.Count == 0 && Undecided == 0;
}

/// <summary>What a rebuild did.</summary>
/// <param name="Position">Up to which number of the log the read model is now.</param>
/// <param name="Changed">How many rows were not as they are now.</param>
public sealed record ProjectionRebuilt(long Position, long Changed);

/// <summary>A row that is not what replaying the log gives.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The row's key, as JSON.</param>
/// <param name="Found">The row in the table as JSON; null when it is missing.</param>
/// <param name="Expected">The row that replaying gives; null when there should be none.</param>
public sealed record RowDifference(string Table, string Key, string? Found, string? Expected);
