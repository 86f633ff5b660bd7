using Phoenix.EventStore;

namespace Phoenix.Tests.Log;

/// <summary>Decided commands, as the decision loop would hand them to the queue.</summary>
internal static class Commits
{
    public static string NewStream() => $"tests.note/{Guid.NewGuid():N}";

    public static StreamCommit Accepted(string stream, long version, string id, int events = 1, DueChanges? due = null,
        TagChanges? tags = null) =>
        new(stream, version, [Command(id, RecordedOutcome.Accepted, version, version + events)], Events(version, events, id), due, tags);

    public static StreamCommit Rejected(string stream, long version, string id) =>
        new(stream, version, [Command(id, RecordedOutcome.Rejected, version, version)], []);

    /// <summary>Several commands in one batch, one event each.</summary>
    public static StreamCommit Several(string stream, long version, params string[] ids) => new(
        stream, version,
        [.. ids.Select((id, index) => Command(id, RecordedOutcome.Accepted, version + index, version + index + 1))],
        [.. ids.SelectMany((id, index) => Events(version + index, 1, id))]);

    public static EventRow[] Events(long after, int count, string? cause) =>
        [.. Enumerable.Range(1, count).Select(number => new EventRow(after + number, "tests.noted", $$"""{"number":{{after + number}}}""", cause, null, null, null))];

    public static CommandRecord Command(string id, RecordedOutcome outcome, long before, long after) => new()
    {
        Id = CommandIdentity.Of(id),
        OriginalId = id,
        Outcome = outcome,
        Code = outcome == RecordedOutcome.Rejected ? "no" : null,
        VersionBefore = before,
        VersionAfter = after,
        Name = "tests.note",
        PayloadHash = [1],
    };
}
