namespace Phoenix.Publishing;

/// <summary>What a sink fails at, over the attempts of one owner. Thread-safe.</summary>
internal sealed class SinkFailures(int? parkAfter, Action mended)
{
    private readonly Lock _gate = new();

    // Guarded by the gate; by the messages' ids.
    private readonly Dictionary<string, int> _inARow = [];
    private Dictionary<string, string> _refused = [];
    private bool _failing;

    /// <summary>Whether it has taken nothing since it failed last, and is to be sent the same again.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_gate) return _failing;
        }
    }

    /// <summary>Messages that the next attempt is not to send, each with the reason. Those that it does not meet are sent again.</summary>
    public Dictionary<string, string> TakeRefused()
    {
        lock (_gate)
        {
            var refused = _refused;
            _refused = [];
            _failing &= refused.Count == 0;
            return refused;
        }
    }

    /// <summary>It will never be taken.</summary>
    public void Refused(string id, string reason)
    {
        lock (_gate) (_refused[id], _failing) = (reason, true);
    }

    public void Failed(string id, string what)
    {
        lock (_gate)
        {
            _failing = true;
            var times = _inARow[id] = _inARow.GetValueOrDefault(id) + 1;
            if (times < parkAfter || parkAfter is null) return;
            _inARow.Remove(id);
            _refused[id] = $"{what} It has failed {times} times in a row.";
        }
    }

    public void Succeeded(string id)
    {
        lock (_gate)
        {
            _inARow.Remove(id);
            _failing = false;
        }

        mended();
    }
}
