namespace Phoenix.EventStore;

/// <summary>One event as it is stored.</summary>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Type">Marten's name of its type.</param>
/// <param name="Json">The event as JSON.</param>
/// <param name="Timestamp">When it was stored.</param>
/// <param name="CausationId">The id of the command that raised it, or null.</param>
/// <param name="CorrelationId">That command's correlation id, or null.</param>
/// <param name="Headers">Headers as a JSON object, or null.</param>
public sealed record StoredEvent(
    long Version, string Type, string Json, DateTimeOffset Timestamp, string? CausationId, string? CorrelationId, string? Headers);
