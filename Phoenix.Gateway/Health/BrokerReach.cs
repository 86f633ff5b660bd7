using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Phoenix.Client;
using Phoenix.Kafka;

namespace Phoenix.Gateway.Health;

/// <summary>Ready: a broker answers, and replies to this instance can arrive.</summary>
internal sealed class BrokerReach(IPhoenixClient client, IOptions<PhoenixClientOptions> options, TimeProvider time) : BackgroundService, IHealthCheck
{
    private readonly KafkaBrokerWatch _watch = new(
        options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly(), $"{options.Value.TopicPrefix}.{options.Value.ApplicationName}.replies", time);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !client.Ready.IsCompletedSuccessfully ? HealthCheckResult.Unhealthy("The reply topic is not there or has not been reached yet; the log says why.")
        : _watch.Health is { UnreachableSince: { } since, Reason: { } reason } ? HealthCheckResult.Unhealthy(reason, data: new Dictionary<string, object> { ["since"] = since })
        : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Asking for a topic that does not exist yet makes some brokers create it.
        await client.Ready.WaitAsync(stoppingToken);
        await _watch.RunAsync(stoppingToken);
    }
}
