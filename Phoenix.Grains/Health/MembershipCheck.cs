using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Phoenix.Health;

/// <summary>Ready: the silo has joined the cluster and has not begun to leave it.</summary>
internal sealed class MembershipCheck(IClusterMembershipService membership, ILocalSiloDetails silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress);
        return (status == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The silo is {status} in the cluster's membership, not Active.")).AsTask();
    }
}
