namespace Phoenix.EventStore;

/// <summary>
/// The log ends before the position that was asked for, as after a restore, or after a fail-over that lost what was committed last. What
/// was read there may be gone, and its numbers will be given to other events: begin again at the position that is stored in the database.
/// </summary>
/// <param name="position">The position that was read up to.</param>
/// <param name="end">Where the log ends.</param>
public sealed class LogWentBackException(long position, long end) : Exception(
    $"The log has gone back and ends at {end}; position {position} was read before. Was the database restored? Read on at the position that is stored in it.");
