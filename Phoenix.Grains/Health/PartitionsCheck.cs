using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;

namespace Phoenix.Health;

/// <summary>
/// Tells how far behind the silo is on each partition that it reads. Degraded while something is wrong with one, unhealthy while a
/// partition has records and no silo moves it on; neither makes a silo unready, which would mend nothing.
/// </summary>
internal sealed class PartitionsCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var partitions = services.GetService<IKafkaHealth>()?.Partitions ?? [];
        var data = new Dictionary<string, object> { ["lag"] = partitions.Sum(partition => partition.Lag ?? 0), ["partitions"] = partitions.Select(Row).ToArray() };
        var worst = partitions.Where(partition => !partition.IsHealthy).MinBy(partition => partition.UnhealthySince);
        if (worst is null) return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = worst.UnhealthySince!.Value;
        var nobody = partitions.FirstOrDefault(partition => !partition.IsReadHere);
        if (nobody is not null) return HealthCheckResult.Unhealthy($"{nobody.Topic}/{nobody.Partition}: {nobody.Summary}", data: data).AsTask();
        return HealthCheckResult.Degraded($"{worst.Topic}/{worst.Partition}: {worst.Summary}", data: data).AsTask();
    }

    // Without the full reason: it may name keys, and this is for everyone's eyes.
    private static PartitionLag Row(PartitionHealth partition) => new(
        partition.Topic, partition.Partition, partition.Lag, partition.Undecided, partition.Paused, partition.LostRecords, partition.UnhealthySince, partition.Summary);
}

/// <summary>One partition in a report.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Lag">Records up to the end of the log that are not done; null while it is not known.</param>
/// <param name="Undecided">Records read and not done.</param>
/// <param name="Paused">Whether reading pauses because too much is undecided.</param>
/// <param name="LostRecords">Records that were gone from the log before they were read.</param>
/// <param name="Since">Since when something is wrong.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record PartitionLag(string Topic, int Partition, long? Lag, long Undecided, bool Paused, long LostRecords, DateTimeOffset? Since, string? Reason);
