namespace Phoenix.EventStore;

/// <summary>One event of the whole log.</summary>
/// <param name="Sequence">Its number in the log. Numbers rise within a stream; across streams they are not the order of commits, and some
/// are never used.</param>
/// <param name="Id">The event's own id.</param>
/// <param name="StreamId">The stream, <c>{aggregate}/{id}</c>.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Json">The event as JSON, UTF-8.</param>
/// <param name="Timestamp">When it was stored.</param>
/// <param name="CausationId">The id of the command that raised it, or null.</param>
/// <param name="CorrelationId">That command's correlation id, or null.</param>
/// <param name="Headers">Headers as a JSON object, or null.</param>
/// <param name="UserName">Who sent the command, or null.</param>
public sealed record LoggedEvent(
    long Sequence, Guid Id, string StreamId, long Version, string Type, ReadOnlyMemory<byte> Json, DateTimeOffset Timestamp,
    string? CausationId, string? CorrelationId, string? Headers, string? UserName);
