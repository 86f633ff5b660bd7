using Phoenix.Messages;

namespace Phoenix.TestKit;

/// <summary>How many transactions of each kind may be under way in a domain in memory, and the starts that wait for room.</summary>
internal sealed class StartLimits(IReadOnlyDictionary<string, InMemoryTransaction> transactions)
{
    private readonly Dictionary<string, int> _limits = new(StringComparer.Ordinal);
    private readonly List<(string Kind, Action Start)> _waiting = [];

    public void Set(string kind, int limit) => _limits[kind] = limit;

    /// <exception cref="BusyException">There is no room; what was started before is let in.</exception>
    public void Admit(string kind, string stream)
    {
        if (transactions.ContainsKey(stream) || HasRoom(kind)) return;
        throw new BusyException(
            $"{UnderWay(kind)} transactions of its kind are under way ({nameof(InMemoryDomain.AtMost)}), so '{stream}' is not started.",
            TimeSpan.FromSeconds(1));
    }

    /// <summary>It was refused, and comes again when there is room.</summary>
    public void Wait(string kind, Action start) => _waiting.Add((kind, start));

    /// <summary>The next start that has room; null for none.</summary>
    public Action? Next()
    {
        var at = _waiting.FindIndex(one => HasRoom(one.Kind));
        if (at < 0) return null;
        var next = _waiting[at].Start;
        _waiting.RemoveAt(at);
        return next;
    }

    private bool HasRoom(string kind) => !_limits.TryGetValue(kind, out var limit) || UnderWay(kind) < limit;

    private int UnderWay(string kind) => transactions.Values.Count(
        one => one.IsUnderWay && one.Stream.StartsWith($"{kind}/", StringComparison.Ordinal));
}
