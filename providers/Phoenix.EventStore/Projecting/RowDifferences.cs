namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Tells wrong rows from rows that one side has not reached yet: both sides move on while they are compared. A difference counts when it
/// was seen twice in the same form, and at the second look both sides had passed the higher of their two positions at the first. By then
/// every event that could explain the difference has come to both.
/// </summary>
internal sealed class RowDifferences
{
    private Dictionary<(string Table, string Key), (RowDifference Row, long Place)> _suspects = [];

    // Rows that differed at the first look and are not decided yet. A row that begins to differ later is one that a new event changed.
    private HashSet<(string Table, string Key)>? _open;

    /// <summary>Those that are wrong for certain.</summary>
    public IReadOnlyList<RowDifference> Wrong { get; private set; } = [];

    /// <summary>Whether it is still to be seen what some are.</summary>
    public bool IsOpen => _open is not { Count: 0 };

    /// <summary>How many are still to be seen.</summary>
    public int Open => _open?.Count ?? 0;

    /// <summary>Takes a look in.</summary>
    /// <param name="live">Up to which number of the log the table in use was when the rows were read.</param>
    /// <param name="shadow">The same of the shadow.</param>
    /// <param name="rows">The rows that differ.</param>
    public void Look(long live, long shadow, IReadOnlyList<RowDifference> rows)
    {
        var (least, most) = (Math.Min(live, shadow), Math.Max(live, shadow));
        var suspects = new Dictionary<(string, string), (RowDifference Row, long Place)>();
        var wrong = new List<RowDifference>();
        foreach (var row in rows)
        {
            var known = _suspects.TryGetValue((row.Table, row.Key), out var before) && before.Row == row;
            suspects[(row.Table, row.Key)] = known ? before : (row, most);
            // Both at the same place: nobody has more to hear.
            if (live == shadow || (known && least >= before.Place)) wrong.Add(row);
        }

        _open ??= [.. suspects.Keys];
        _open.IntersectWith(suspects.Keys);
        _open.ExceptWith(wrong.Select(row => (row.Table, row.Key)));
        (_suspects, Wrong) = (suspects, wrong);
    }
}
