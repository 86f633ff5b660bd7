using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Phoenix.Gateway.Health;

/// <summary>Ready: at least one silo is connected.</summary>
internal sealed class ClusterReach : IHealthCheck
{
    private volatile int _silos;

    /// <summary>How many silos are connected.</summary>
    public int Silos => _silos;

    /// <summary>Called by the Orleans client whenever it gains or loses a silo.</summary>
    public void Count(int silos) => _silos = silos;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_silos > 0
        ? HealthCheckResult.Healthy(data: new Dictionary<string, object> { ["silos"] = _silos })
        : HealthCheckResult.Unhealthy("No silo is connected; the gateway goes on trying."));
}
