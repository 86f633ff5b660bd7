using Phoenix.EventStore.Due;

namespace Phoenix.EventStore;

/// <summary>
/// What a commit does to the due rows of its stream, netted per name: of several changes to one name only the last reaches PostgreSQL,
/// since one statement may touch a row once.
/// </summary>
public sealed class DueChanges
{
    private readonly Dictionary<string, DueChange> _byName = new(StringComparer.Ordinal);

    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty => _byName.Count == 0;

    /// <summary>The rows that are set.</summary>
    public IEnumerable<DueRow> Rows => _byName.Values.Select(change => change.Row).OfType<DueRow>();

    internal IReadOnlyDictionary<string, DueChange> ByName => _byName;

    /// <summary>Whether this name is changed here.</summary>
    public bool Touches(string name) => _byName.ContainsKey(name);

    /// <summary>Adds the row, in the place of one of its name.</summary>
    public void Set(DueRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _byName[row.Name] = new(DueEnd.Set, row, ExpectedOf(row.Name));
    }

    /// <summary>Takes away the row of this name; no matter if there is none.</summary>
    public void Remove(string name) => _byName[name] = new(DueEnd.Removed, null, ExpectedOf(name));

    /// <summary>
    /// Delivers a row: the commit counts only if the row is there just so. It is then gone; with a period it falls due again at its next
    /// multiple after now.
    /// </summary>
    /// <exception cref="InvalidOperationException">This commit has changed the name already, so the delivery is too late.</exception>
    public void Deliver(DueReference row)
    {
        if (!_byName.TryAdd(row.Name, new(DueEnd.Delivered, null, row)))
            throw new InvalidOperationException($"The due row '{row.Name}' is delivered by a commit that has changed it before.");
    }

    private DueReference? ExpectedOf(string name) => _byName.TryGetValue(name, out var before) ? before.Expected : null;
}
