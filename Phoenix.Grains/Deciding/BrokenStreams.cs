using System.Collections.Concurrent;

namespace Phoenix.Deciding;

/// <summary>
/// Streams whose events could not be read or applied when somebody last asked this silo for them. One that was mended, or that nobody asked
/// for lately, is not among them. Thread-safe.
/// </summary>
internal sealed class BrokenStreams(TimeProvider time)
{
    /// <summary>How long one counts after it was last found broken: it may have moved to another silo since.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);

    // Enough to tell that it is not one aggregate but a deployment.
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, long> _found = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _found.Count(one => IsFresh(one.Value));

    /// <summary>Their kinds of aggregates, in order: what may be told to anyone, where ids may not.</summary>
    public IReadOnlyList<string> Kinds =>
        [.. _found.Where(one => IsFresh(one.Value)).Select(one => KindOf(one.Key)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The stream was read, and is broken.</summary>
    public void Found(string stream)
    {
        DecidingInstruments.Broken(KindOf(stream));
        if (_found.Count >= Most)
        {
            foreach (var (old, since) in _found)
            {
                if (!IsFresh(since)) _found.TryRemove(old, out _);
            }
        }

        if (_found.Count < Most) _found[stream] = time.GetTimestamp();
    }

    /// <summary>The stream was read, and is not broken any more.</summary>
    public void Mended(string stream)
    {
        // Looked for without a lock: nearly always it is not there.
        if (_found.ContainsKey(stream)) _found.TryRemove(stream, out _);
    }

    private bool IsFresh(long since) => time.GetElapsedTime(since) < Remembered;

    private static string KindOf(string stream) => stream.Split('/')[0];
}
