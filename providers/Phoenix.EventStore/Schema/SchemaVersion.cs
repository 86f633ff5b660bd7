namespace Phoenix.EventStore.Schema;

/// <summary>
/// What a build makes of the database. A later version only adds to an earlier one, so that older builds go on beside it; where that cannot
/// be so,
/// <see cref="OldestCompatible"/> moves up and older builds refuse to start.
/// </summary>
/// <param name="Number">Raised by each build that adds or changes something in the log's tables and functions; a test notices when it was
/// forgotten.</param>
/// <param name="OldestCompatible">The lowest <see cref="Number"/> of a build that may run on this schema.</param>
internal sealed record SchemaVersion(int Number, int OldestCompatible)
{
    /// <summary>This build's.</summary>
    public static SchemaVersion Current { get; } = new(10, 1);

    /// <summary>Of a database that holds no version: nothing was applied, or by a build that kept none.</summary>
    public static SchemaVersion None { get; } = new(0, 0);
}
