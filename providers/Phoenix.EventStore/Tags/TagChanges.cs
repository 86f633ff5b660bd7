namespace Phoenix.EventStore;

/// <summary>
/// What a commit does to the tags of its stream, netted per subscription and tag: of several changes to one only the last reaches
/// PostgreSQL, since one statement may touch a row once.
/// </summary>
public sealed class TagChanges
{
    private readonly Dictionary<(string Subscription, string Tag), TagChange> _byTag = [];

    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty => _byTag.Count == 0;

    /// <summary>What it comes to.</summary>
    public IReadOnlyCollection<TagChange> All => _byTag.Values;

    /// <summary>Notes a change, in the place of one of the same tag. One that changes nothing does no harm.</summary>
    public void Add(TagChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _byTag[(change.Subscription, change.Tag)] = change;
    }
}
