namespace Phoenix.EventStore;

/// <summary>What one stream adds to a commit: recorded together or not at all (guarantees 2 and 3).</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="ExpectedVersion">The version everything here was decided on; 0 when the stream does not exist.</param>
/// <param name="Commands">The decided commands, in order.</param>
/// <param name="Events">Their events, in version order, from <paramref name="ExpectedVersion"/> + 1 without gaps.</param>
/// <param name="DueRows">Rows to fall due later.</param>
public sealed record StreamCommit(
    string StreamId, long ExpectedVersion, IReadOnlyList<CommandRecord> Commands, IReadOnlyList<EventRow> Events, IReadOnlyList<DueRow> DueRows);

/// <summary>One event, ready to be stored.</summary>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Type">Marten's name of its type.</param>
/// <param name="Data">The event as JSON.</param>
/// <param name="CausationId">The id of the command that raised it, or null.</param>
/// <param name="CorrelationId">The correlation id of that command, or null.</param>
/// <param name="Headers">Headers as a JSON object, or null.</param>
/// <param name="UserName">The principal, or null.</param>
public sealed record EventRow(long Version, string Type, string Data, string? CausationId, string? CorrelationId, string? Headers, string? UserName)
{
    /// <summary>The event's id; a new UUIDv7.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();
}

/// <summary>Something that falls due later, remembered in the same transaction as the decision that wants it.</summary>
/// <param name="Owner">Whose it is: usually the stream.</param>
/// <param name="Name">Its name within the owner; a second row of the same owner and name replaces the first.</param>
/// <param name="Due">When it falls due.</param>
/// <param name="Payload">JSON for whoever handles it.</param>
public sealed record DueRow(string Owner, string Name, DateTimeOffset Due, string Payload);
