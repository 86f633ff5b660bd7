using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Coordination;
using Phoenix.Hosting;

namespace Phoenix.Health;

/// <summary>
/// Tells how many steps of this silo's transactions wait for other services. Degraded when one waits for longer than it should; that makes
/// no silo unready: another would wait as long.
/// </summary>
internal sealed class ServicesCheck(StepWaits waits, PhoenixOptions options, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (all, now) = (waits.All, time.GetUtcNow());
        var data = new Dictionary<string, object> { ["services"] = all };
        var late = all.Where(one => options.Services.GetValueOrDefault(one.Service) is { } service && now - one.Since > service.LateAfter)
            .MinBy(one => one.Since);
        if (late is null) return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = late.Since;
        return HealthCheckResult.Degraded(
            $"'{late.Service}' does not answer: {late.Count} step(s) wait for it, "
            + $"'{late.Step}' of '{late.Transaction}' since {late.Since:O}.",
            data: data).AsTask();
    }
}
