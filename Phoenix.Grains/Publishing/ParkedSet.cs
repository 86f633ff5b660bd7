using System.Collections;
using Phoenix.EventStore;

namespace Phoenix.Publishing;

/// <summary>The streams that are held back, each with the number of its first event that is.</summary>
internal sealed class ParkedSet(IEnumerable<ParkedStream> stored) : IEnumerable<KeyValuePair<string, long>>
{
    private readonly Dictionary<string, long> _first = stored.ToDictionary(one => one.Stream, one => one.Sequence, StringComparer.Ordinal);

    public int Count => _first.Count;

    /// <summary>When they were tried again last, as a timestamp; null: not yet in this run.</summary>
    public long? RetriedAt { get; set; }

    public bool Contains(string stream) => _first.ContainsKey(stream);

    /// <summary>Whether this event is held back.</summary>
    public bool Holds(LoggedEvent one) => _first.TryGetValue(one.StreamId, out var first) && one.Sequence >= first;

    public void Add(string stream, long first) => _first[stream] = first;

    public void Remove(string stream) => _first.Remove(stream);

    public IEnumerator<KeyValuePair<string, long>> GetEnumerator() => _first.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
