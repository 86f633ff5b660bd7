using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;
using Phoenix.Subscribing;

namespace Phoenix.Health;

/// <summary>
/// Tells how far behind the subscriptions are on the partitions that this silo reads. Degraded while the topic of one is missing or
/// something is wrong with a partition; a silo does not become unready for it, since another would fare no better.
/// </summary>
internal sealed class SubscriptionsCheck(IServiceProvider services, SubscriptionCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IKafkaHealth>() is not { } kafka) return HealthCheckResult.Healthy().AsTask();
        var rows = catalog.All.Select(one => Row(one, kafka)).ToArray();
        var data = new Dictionary<string, object> { ["subscriptions"] = rows };
        if (rows.Where(row => row.Reason is not null).MinBy(row => row.Since) is not { } worst)
            return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = worst.Since!.Value;
        return HealthCheckResult.Degraded($"{worst.Name}: {worst.Reason}", data: data).AsTask();
    }

    private static SubscriptionRow Row(SubscriptionDefinition one, IKafkaHealth kafka)
    {
        var missing = kafka.Missing.FirstOrDefault(topic => topic.Topic == one.Topic);
        var partitions = kafka.Partitions.Where(partition => partition.Topic == one.Topic).ToList();
        var worst = partitions.Where(partition => !partition.IsHealthy).MinBy(partition => partition.UnhealthySince);
        return new(
            one.Name, one.Topic, SubscriptionLag.Of(one, kafka), partitions.Sum(partition => partition.Undecided), missing?.Since
            ?? worst?.UnhealthySince, missing?.Reason ?? worst?.Summary);
    }
}

/// <summary>One subscription in a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Lag">Records up to the end of the topic that are not done.</param>
/// <param name="Undecided">Records read and not done.</param>
/// <param name="Since">Since when something is wrong.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record SubscriptionRow(string Name, string Topic, long Lag, long Undecided, DateTimeOffset? Since, string? Reason);
