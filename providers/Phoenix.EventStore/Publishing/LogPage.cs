namespace Phoenix.EventStore;

/// <summary>
/// A piece of the log without gaps: no event after <paramref name="After"/> and up to <paramref name="End"/> is missing, and none will
/// appear there.
/// </summary>
/// <param name="After">The position before it.</param>
/// <param name="End">The position at its end; where the next page begins.</param>
/// <param name="Events">The events, by their numbers.</param>
public sealed record LogPage(long After, long End, IReadOnlyList<LoggedEvent> Events);
