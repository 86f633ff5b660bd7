using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Phoenix.Health;

/// <summary>Results that say since when.</summary>
internal static class Findings
{
    /// <summary>The key of the time since when something has been so, for reports.</summary>
    public const string Since = "since";

    public static HealthCheckResult Unhealthy(string reason, DateTimeOffset since) => HealthCheckResult.Unhealthy(reason, data: new Dictionary<string, object> { [Since] = since });

    public static Task<HealthCheckResult> AsTask(this HealthCheckResult result) => Task.FromResult(result);
}
