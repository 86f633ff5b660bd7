namespace Phoenix.EventStore.Projecting;

/// <summary>What a silo learns of the projections from look to look: how far they are, whether they move, and that one is built.</summary>
internal sealed class ProjectionLearning(
    ProjectionProgress progress, ProjectionVersions versions, ILogFollower log, ProjectionOptions options, TimeProvider time)
{
    private readonly Dictionary<string, Seen> _seen = [];

    /// <summary>Looks at these.</summary>
    public async Task<IReadOnlyList<ProjectionState>> LookAsync(string[] names, StoppedProjections stopped)
    {
        foreach (var gone in _seen.Keys.Except(names).ToList()) _seen.Remove(gone);
        // Before the positions are read.
        var asked = names.Where(name => !_seen.TryGetValue(name, out var seen) || !seen.IsBuilt).ToArray();
        var unbuilt = asked.Length == 0 ? new HashSet<string>() : await versions.UnbuiltAsync(asked);
        var states = new List<ProjectionState>();
        var built = new List<string>();
        foreach (var (name, position, end, late) in await progress.OfAsync(names))
        {
            var before = _seen.GetValueOrDefault(name);
            var isBuilt = !unbuilt.Contains(name);
            if (!isBuilt && before is not null && position >= before.End) built.Add(name);
            var moved = before is null || position > before.Position ? time.GetTimestamp() : before.Moved;
            _seen[name] = new(position, end, moved, isBuilt);
            states.Add(new(name, position, end, late, stopped.Of(name), late > options.LateAfter ? log.Progress.HeldUp : null)
            {
                IsBuilding = !isBuilt && time.GetElapsedTime(moved) < options.LateAfter,
            });
        }

        if (built.Count > 0) await versions.BuiltAsync([.. built]);
        return states;
    }

    private sealed record Seen(long Position, long End, long Moved, bool IsBuilt);
}
