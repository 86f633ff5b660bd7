using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;

namespace Phoenix.Health;

/// <summary>Ready: a broker answers. A silo without Kafka is ready without one.</summary>
internal sealed class BrokerCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        (services.GetService<IKafkaHealth>()?.Broker is { UnreachableSince: { } since, Reason: { } reason }
            ? Findings.Unhealthy(reason, since)
            : HealthCheckResult.Healthy()).AsTask();
}
