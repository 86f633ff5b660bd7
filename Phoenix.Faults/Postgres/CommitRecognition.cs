namespace Phoenix.Faults;

/// <summary>
/// Follows what a client sends and says which message makes the server commit writes: the Sync that ends them outside an explicit
/// transaction, or COMMIT itself.
/// </summary>
internal sealed class CommitRecognition(Func<string, bool> writes)
{
    private readonly Dictionary<string, string> _statements = [];
    private readonly Dictionary<string, string> _portals = [];
    private bool _explicit;
    private bool _wrote;

    /// <summary>Statements executed since the last Sync.</summary>
    public int Executed { get; private set; }

    /// <returns>Whether the server commits writes when it gets this message.</returns>
    public bool Observe(Frame frame)
    {
        switch (frame.Type)
        {
            case Frame.Parse:
                _statements[frame.Text(0)] = frame.Text(1);
                return false;
            case Frame.Bind:
                _portals[frame.Text(0)] = _statements.GetValueOrDefault(frame.Text(1), "");
                return false;
            case Frame.Execute:
                Executed++;
                return Run(_portals.GetValueOrDefault(frame.Text(0), ""), untilSync: true);
            case Frame.Query:
                return Run(frame.Text(0), untilSync: false);
            case Frame.Sync:
                return !_explicit && TakeWrites();
            default:
                return false;
        }
    }

    /// <summary>To be called when a Sync has been dealt with.</summary>
    public void EndBatch() => Executed = 0;

    private bool Run(string sql, bool untilSync)
    {
        if (Begins(sql, "BEGIN") || Begins(sql, "START TRANSACTION"))
            _explicit = true;
        else if (Begins(sql, "ROLLBACK") && !Begins(sql, "ROLLBACK TO"))
            _explicit = _wrote = false;
        else if (Begins(sql, "COMMIT") || Begins(sql, "END"))
        {
            _explicit = false;
            return TakeWrites();
        }
        // A simple query outside a transaction commits by itself, with no message to break.
        else if ((untilSync || _explicit) && writes(sql))
            _wrote = true;

        return false;
    }

    private bool TakeWrites()
    {
        var wrote = _wrote;
        _wrote = false;
        return wrote;
    }

    private static bool Begins(string sql, string keyword) => sql.AsSpan().TrimStart().StartsWith(keyword, StringComparison.OrdinalIgnoreCase);
}
