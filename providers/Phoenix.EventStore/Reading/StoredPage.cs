namespace Phoenix.EventStore;

/// <summary>Some of a stream's events.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="More">Whether there may be more after them.</param>
public sealed record StoredPage(IReadOnlyList<StoredEvent> Events, bool More);
