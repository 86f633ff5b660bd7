using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Switching;

namespace Phoenix.Health;

/// <summary>
/// Degraded while a topic is switched off, which was meant to be and must not be forgotten, and while this silo reads nothing because it
/// could not read the switches yet.
/// </summary>
internal sealed class ConsumptionCheck(IServiceProvider services, TimeProvider time) : IHealthCheck
{
    // A start takes a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var switches = services.GetService<ConsumptionSwitch>();
        if (switches?.UnknownFor is { } unknown && unknown > Patience)
        {
            return HealthCheckResult.Degraded(
                "No topic is read: which are switched off could not be read yet. Look at storage, and at the right to read phoenix_topics_off.",
                data: new Dictionary<string, object> { [Findings.Since] = time.GetUtcNow() - unknown }).AsTask();
        }

        if (switches?.Off is not { Count: > 0 } off) return HealthCheckResult.Healthy().AsTask();
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
