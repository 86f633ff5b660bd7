namespace Phoenix.Runs.Checking;

/// <summary>
/// Accounts for every record of a command topic: it was decided, or put aside as a dead letter, and who asked for an answer was told that
/// it failed. Nothing is both, and nothing is neither.
/// </summary>
internal static class Garbage
{
    /// <summary>The header in which a record that was made wrong says what must become of it.</summary>
    public const string Header = "soak-expects";

    /// <summary>It is decided all the same.</summary>
    public const string Decided = "decided";

    /// <summary>It becomes a dead letter.</summary>
    public const string PutAside = "put-aside";

    /// <summary>It becomes a dead letter, and its sender is told.</summary>
    public const string Told = "told";

    /// <param name="topic">What the topic holds.</param>
    /// <param name="ledger">Every recorded outcome.</param>
    /// <param name="letters">The places of which there are letters, as <see cref="LoggedRecord.Place"/>.</param>
    public static IEnumerable<Violation> Check(TopicLog topic, IEnumerable<LedgerEntry> ledger, IReadOnlySet<string> letters)
    {
        var recorded = ledger.Select(entry => (entry.Stream, entry.CommandId)).ToHashSet();
        foreach (var record in topic.Records)
        {
            var isDecided = record is { Key: { } key, CommandId: { } id } && recorded.Contains((StoredLog.AccountPrefix + key, id));
            var isLetter = letters.Contains(record.Place);
            var finding = record.Expected switch
            {
                Decided when !isDecided => "is nowhere decided",
                Decided when isLetter => "was decided and is a dead letter",
                PutAside or Told when isDecided => "was decided",
                PutAside or Told when !isLetter => "is no dead letter",
                Told when !topic.Failed.Contains(record.RequestId!) => "is a dead letter, and its sender was not told",
                null when !isDecided && !isLetter => "is neither decided nor a dead letter",
                _ => null,
            };
            if (finding is not null)
                yield return new(ViolationKind.RecordUnaccounted, record.Place,
                    $"'{record.CommandId}' to '{record.Key}', of which was expected '{record.Expected ?? "an end"}', {finding}.");
        }
    }
}

/// <summary>A record of the topic.</summary>
/// <param name="Place">Life of the topic, partition and offset.</param>
/// <param name="Key">Its key as text; null when it is none.</param>
/// <param name="CommandId">Its command's id; null when it has none, or more than one.</param>
/// <param name="Expected">What <see cref="Garbage.Header"/> says, or null.</param>
/// <param name="RequestId">Under which its sender waits for an answer, or null.</param>
internal sealed record LoggedRecord(string Place, string? Key, string? CommandId, string? Expected, string? RequestId);

/// <summary>What the topic holds, and what senders of garbage were told.</summary>
/// <param name="Records">All records that are there.</param>
/// <param name="Failed">The requests that were answered as failed.</param>
internal sealed record TopicLog(IReadOnlyList<LoggedRecord> Records, IReadOnlySet<string> Failed);
