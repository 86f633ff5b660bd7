namespace Phoenix.EventStore.Projecting;

/// <summary>A silo that is there to run projections.</summary>
/// <param name="Owner">Who; no two processes, nor a process before and after its restart, have the same.</param>
/// <param name="Can">What its build has.</param>
/// <param name="Holds">What it runs.</param>
internal sealed record ProjectingSilo(string Owner, IReadOnlyCollection<string> Can, IReadOnlyCollection<string> Holds);

/// <summary>
/// Who runs which projection, so that each silo runs as many as any other that could, or one more. Every silo comes to the same answer from
/// the same picture; where pictures differ for a moment the leases decide.
/// </summary>
internal static class ProjectionShares
{
    /// <summary>What this silo is to take of what nobody runs.</summary>
    public static IReadOnlyList<string> Take(string me, IReadOnlyCollection<ProjectingSilo> silos)
    {
        var counts = silos.ToDictionary(silo => silo.Owner, silo => silo.Holds.Count);
        var mine = new List<string>();
        foreach (var free in Free(silos))
        {
            var taker = Least(silos.Where(silo => silo.Can.Contains(free)), counts);
            counts[taker.Owner]++;
            if (taker.Owner == me) mine.Add(free);
        }

        return mine;
    }

    /// <summary>What this silo is to give to one that has at least two less; one at a time, and none while there is one that nobody
    /// runs.</summary>
    public static string? Give(string me, IReadOnlyCollection<ProjectingSilo> silos)
    {
        if (Free(silos).Any() || silos.FirstOrDefault(silo => silo.Owner == me) is not { } self) return null;
        return self.Holds.Order(StringComparer.Ordinal).LastOrDefault(held =>
            silos.Any(other => other.Can.Contains(held) && other.Holds.Count + 2 <= self.Holds.Count));
    }

    /// <summary>What somebody could run and nobody does.</summary>
    public static IEnumerable<string> Free(IReadOnlyCollection<ProjectingSilo> silos) =>
        silos.SelectMany(silo => silo.Can).Except(silos.SelectMany(silo => silo.Holds)).Order(StringComparer.Ordinal);

    private static ProjectingSilo Least(IEnumerable<ProjectingSilo> silos, Dictionary<string, int> counts) =>
        silos.OrderBy(silo => counts[silo.Owner]).ThenBy(silo => silo.Owner, StringComparer.Ordinal).First();
}
