using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Switching;

namespace Phoenix.Health;

/// <summary>Degraded while a topic is switched off: it was meant to be, and must not be forgotten.</summary>
internal sealed class ConsumptionCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (services.GetService<ConsumptionSwitch>()?.Off is not { Count: > 0 } off) return HealthCheckResult.Healthy().AsTask();
        var oldest = off.MinBy(one => one.Since)!;
        var data = new Dictionary<string, object>
        {
            [Findings.Since] = oldest.Since,
            ["off"] = off.OrderBy(one => one.Topic, StringComparer.Ordinal).Select(one => new SwitchedOffRow(one.Topic, one.Since)).ToArray(),
        };
        // Without the reason: it is somebody's words, and this is for everyone's eyes.
        return HealthCheckResult.Degraded($"{off.Count} topic(s) are switched off, {oldest.Topic} the longest.", data: data).AsTask();
    }
}

/// <summary>A topic that is switched off in a report.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Since">Since when.</param>
internal sealed record SwitchedOffRow(string Topic, DateTimeOffset Since);
