using Phoenix.EventStore.Due;

namespace Phoenix.EventStore;

/// <summary>What one stream adds to a commit: recorded together or not at all (guarantees 2 and 3).</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="ExpectedVersion">The version everything here was decided on; 0 when the stream does not exist.</param>
/// <param name="Commands">The decided commands, in order.</param>
/// <param name="Events">Their events, in version order, from <paramref name="ExpectedVersion"/> + 1 without gaps.</param>
/// <param name="Due">What it does to the stream's due rows, or null for nothing.</param>
/// <param name="Tags">What it does to the stream's tags, or null for nothing.</param>
public sealed record StreamCommit(
    string StreamId, long ExpectedVersion, IReadOnlyList<CommandRecord> Commands, IReadOnlyList<EventRow> Events, DueChanges? Due = null,
    TagChanges? Tags = null)
{
    /// <summary>Whether it changes due rows.</summary>
    internal bool HasDue => Due is { IsEmpty: false };

    /// <summary>Whether it takes due rows away, which it must not do by what was there before somebody else's commit.</summary>
    internal bool TakesDue => HasDue && Due!.ByName.Values.Any(change => change.End != DueEnd.Set || change.Expected is not null);

    /// <summary>Whether it changes tags.</summary>
    internal bool HasTags => Tags is { IsEmpty: false };

    /// <summary>Whether it takes tags away, for which the same holds.</summary>
    internal bool TakesTags => HasTags && Tags!.All.Any(change => !change.IsSet);

    /// <summary>Whether it counts only if due rows are there.</summary>
    internal bool ExpectsDue => HasDue && Due!.ByName.Values.Any(change => change.Expected is not null);
}

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
