using System.Collections.Concurrent;

namespace Phoenix.Deciding;

/// <summary>
/// Looks at the loops of this silo from outside their turns: one whose user code does not return can neither notice it nor tell.
/// Thread-safe.
/// </summary>
internal sealed class DecisionWatch(TimeProvider time)
{
    private readonly ConcurrentDictionary<IWatchedLoop, byte> _working = new();
    private readonly BrokenStreams _broken = new(time);
    private volatile IReadOnlyList<StuckCode> _stuck = [];

    /// <summary>What did not return at the last look.</summary>
    public IReadOnlyList<StuckCode> Stuck => _stuck;

    /// <summary>Streams that could not be read a short while ago.</summary>
    public BrokenStreams Broken => _broken;

    /// <summary>A loop has work.</summary>
    public void Enter(IWatchedLoop loop) => _working.TryAdd(loop, 0);

    /// <summary>It has none any more.</summary>
    public void Leave(IWatchedLoop loop) => _working.TryRemove(loop, out _);

    /// <summary>Looks for user code that runs for longer than this.</summary>
    /// <returns>What was found for the first time, and what has returned since the last look.</returns>
    public (IReadOnlyList<StuckCode> New, IReadOnlyList<StuckCode> Returned) Look(TimeSpan longer)
    {
        var before = _stuck;
        var now = new List<StuckCode>();
        foreach (var (loop, _) in _working)
        {
            if (loop.Running is not { } running) continue;
            var elapsed = time.GetElapsedTime(running.Since);
            if (elapsed <= longer) continue;
            var known = before.FirstOrDefault(stuck => stuck.Stream == loop.StreamId && stuck.Started == running.Since);
            now.Add(known ?? new(loop.StreamId, running.Name, running.Since, time.GetUtcNow() - elapsed, running.Thread));
        }

        _stuck = now;
        return ([.. now.Except(before)], [.. before.Except(now)]);
    }
}

/// <summary>A decision loop as the watch sees it, at any moment and from any thread.</summary>
internal interface IWatchedLoop
{
    /// <summary>Its stream.</summary>
    string StreamId { get; }

    /// <summary>
    /// The command or query whose code is running, the time stamp of its start, and the thread it began on; null when none is.
    /// </summary>
    (string Name, long Since, int Thread)? Running { get; }
}

/// <summary>User code that does not return.</summary>
/// <param name="Stream">Whose stream it decides on.</param>
/// <param name="Name">The command or query.</param>
/// <param name="Started">The time stamp of its start.</param>
/// <param name="Since">The same as a time.</param>
/// <param name="Thread">The managed thread that it began on; if it has awaited, it may be on another by now.</param>
internal sealed record StuckCode(string Stream, string Name, long Started, DateTimeOffset Since, int Thread)
{
    /// <summary>The kind of the stream: what may be told to anyone, where ids may not.</summary>
    public string Kind => Stream.Split('/')[0];
}
