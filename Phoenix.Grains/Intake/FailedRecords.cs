using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>
/// The records of the last delivery that failed for good. A delivery that comes again, because it took too long or one of its neighbours
/// could not be decided, finds them here: they are not decided anew and get no second dead letter.
/// </summary>
internal sealed class FailedRecords
{
    private Dictionary<(string, int?), FailedRecord>? _byIdentity;

    /// <summary>Begins a delivery: those that are not in it do not come again.</summary>
    public void Begin(IReadOnlyList<KafkaMessage> delivery)
    {
        if (_byIdentity is null) return;
        var again = new Dictionary<(string, int?), FailedRecord>();
        foreach (var identity in delivery.Select(IdentityOf))
        {
            if (_byIdentity.TryGetValue(identity, out var failed)) again[identity] = failed;
        }

        _byIdentity = again.Count > 0 ? again : null;
    }

    /// <summary>What became of a record, or null when it did not fail yet.</summary>
    public FailedRecord? Find(KafkaMessage record) => _byIdentity?.GetValueOrDefault(IdentityOf(record));

    /// <summary>Notes that one failed.</summary>
    public FailedRecord Add(KafkaMessage record, ReplyBody body)
    {
        var failed = new FailedRecord(body);
        (_byIdentity ??= [])[IdentityOf(record)] = failed;
        return failed;
    }

    private static (string, int?) IdentityOf(KafkaMessage record) => (RecordIdentity.Of(record), record.Ordinal);
}

/// <summary>How a record failed, and who knows.</summary>
internal sealed class FailedRecord(ReplyBody body)
{
    /// <summary>What its sender is told.</summary>
    public ReplyBody Body { get; } = body;

    /// <summary>Its dead letter is acknowledged.</summary>
    public bool IsPutAside { get; set; }

    /// <summary>Its sender has been told, too, or cannot be.</summary>
    public bool IsTold { get; set; }
}
