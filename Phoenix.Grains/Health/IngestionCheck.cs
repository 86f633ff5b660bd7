using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;

namespace Phoenix.Health;

/// <summary>
/// Live: the thread that reads Kafka goes round, and the agent of every partition comes for records. Both do so all the time, with or
/// without records and whether or not a broker answers.
/// </summary>
internal sealed class IngestionCheck(IServiceProvider services, HealthLimits limits, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        foreach (var partition in services.GetService<IKafkaHealth>()?.Partitions ?? [])
        {
            if (IsPast(partition.LastPoll)) return Findings.Unhealthy("The thread that reads Kafka has stopped.", partition.LastPoll!.Value).AsTask();
            if (IsPast(partition.LastVisit))
                return Findings.Unhealthy($"The pulling agent of {partition.Topic}/{partition.Partition} does not come for records.", partition.LastVisit!.Value).AsTask();
        }

        return HealthCheckResult.Healthy().AsTask();

        bool IsPast(DateTimeOffset? last) => last is { } seen && now - seen > limits.StalledAfter;
    }
}
