namespace Phoenix.Health;

/// <summary>How a process goes when it is told to (SIGTERM). Bound from <c>Phoenix:Shutdown</c>.</summary>
public sealed class ShutdownOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Shutdown";

    /// <summary>
    /// How long the process goes on serving after it has turned not ready, so that load balancers see it first. Default 0; in Kubernetes a
    /// little more than endpoints take to follow a probe.
    /// </summary>
    public TimeSpan NotReadyDelay { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long the drain may take after that: requests and deliveries in flight end, partitions are handed over, activations and the
    /// commit queue empty themselves. Default 25 s. A process that is still there 3 s later is ended.
    /// </summary>
    public TimeSpan DrainTimeLimit { get; set; } = TimeSpan.FromSeconds(25);

    internal IEnumerable<string> Problems()
    {
        if (NotReadyDelay < TimeSpan.Zero || NotReadyDelay > TimeSpan.FromMinutes(5)) yield return $"Phoenix:Shutdown:NotReadyDelay is 0 to 5 min; found {NotReadyDelay}.";
        if (DrainTimeLimit <= TimeSpan.Zero || DrainTimeLimit > TimeSpan.FromHours(1)) yield return $"Phoenix:Shutdown:DrainTimeLimit is more than 0 and at most 1 h; found {DrainTimeLimit}.";
    }
}
