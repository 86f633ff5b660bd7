namespace Phoenix.Kafka;

/// <summary>Whether the Kafka cluster can be reached.</summary>
/// <param name="UnreachableSince">Since when no broker answers; <see langword="null"/> while one does.</param>
/// <param name="Reason">What is wrong, without addresses, which only the log has; <see langword="null"/> when nothing is.</param>
public sealed record BrokerHealth(DateTimeOffset? UnreachableSince = null, string? Reason = null)
{
    /// <summary>Whether a broker answers.</summary>
    public bool IsReachable => UnreachableSince is null;
}
