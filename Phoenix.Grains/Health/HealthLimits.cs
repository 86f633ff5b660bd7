namespace Phoenix.Health;

/// <summary>When a silo counts as stuck. Bound from <c>Phoenix:Health</c>.</summary>
public sealed class HealthLimits
{
    /// <summary>
    /// How long something that has work may make no progress before the silo is no longer live and should be restarted. Default 1 min.
    /// Longer than every time limit inside, so that an outage of PostgreSQL or Kafka, which a restart does not mend, never reaches it.
    /// </summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Problems()
    {
        if (StalledAfter < TimeSpan.FromSeconds(30)) yield return $"Phoenix:Health:StalledAfter is at least 30 s, more than the time limits of a commit; found {StalledAfter}.";
    }
}
