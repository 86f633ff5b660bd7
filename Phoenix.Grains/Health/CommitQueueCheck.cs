using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.EventStore;

namespace Phoenix.Health;

/// <summary>Live: the commit queue brings attempts to an end, good or bad, while it has any to make.</summary>
internal sealed class CommitQueueCheck(IEventStoreHealth log, HealthLimits limits, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        (log.Storage.WithoutProgress is { } stalled && stalled > limits.StalledAfter
            ? Findings.Unhealthy("The commit queue has work, and no attempt to commit has ended.", time.GetUtcNow() - stalled)
            : HealthCheckResult.Healthy()).AsTask();
}
