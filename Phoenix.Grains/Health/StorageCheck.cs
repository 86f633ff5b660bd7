using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.EventStore;

namespace Phoenix.Health;

/// <summary>Ready: commits can be made.</summary>
internal sealed class StorageCheck(IEventStoreHealth log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        (log.Storage is { UnhealthySince: { } since, Reason: { } reason } ? Findings.Unhealthy(reason, since) : HealthCheckResult.Healthy()).AsTask();
}
