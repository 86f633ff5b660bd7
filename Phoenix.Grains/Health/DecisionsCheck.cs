using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Deciding;

namespace Phoenix.Health;

/// <summary>
/// Tells of handlers that do not return. Degraded while there are any: one aggregate each stands still, and a restart does not mend the
/// code. The log names the aggregate's id, which is not for everyone's eyes.
/// </summary>
internal sealed class DecisionsCheck(DecisionWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stuck = watch.Stuck;
        if (stuck.Count == 0) return HealthCheckResult.Healthy().AsTask();
        var first = stuck.MinBy(one => one.Started)!;
        return HealthCheckResult.Degraded(
            $"The handler of '{first.Name}' in an aggregate '{first.Kind}' does not return; {stuck.Count} in all.",
            data: new Dictionary<string, object> { ["stuck"] = stuck.Count, [Findings.Since] = first.Since }).AsTask();
    }
}
