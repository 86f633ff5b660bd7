using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Deciding;

namespace Phoenix.Health;

/// <summary>
/// Tells of handlers that do not return, and of aggregates whose events cannot be read. Degraded while there are any: one aggregate each
/// stands still, and a restart mends neither. The log names the aggregate's id, which is not for everyone's eyes.
/// </summary>
internal sealed class DecisionsCheck(DecisionWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (stuck, broken) = (watch.Stuck, watch.Broken.Count);
        if (stuck.Count == 0 && broken == 0) return HealthCheckResult.Healthy().AsTask();
        var (sentences, data) = (new List<string>(), new Dictionary<string, object>());
        if (stuck.Count > 0)
        {
            var first = stuck.MinBy(one => one.Started)!;
            sentences.Add($"The handler of '{first.Name}' in an aggregate '{first.Kind}' does not return; {stuck.Count} in all.");
            (data["stuck"], data[Findings.Since]) = (stuck.Count, first.Since);
        }

        if (broken > 0)
        {
            var kinds = string.Join(", ", watch.Broken.Kinds.Select(kind => $"'{kind}'"));
            sentences.Add($"Stored events cannot be read or applied: {broken} aggregate(s) of {kinds} decide nothing. "
                + "The log names event and version.");
            data["broken"] = broken;
        }

        return HealthCheckResult.Degraded(string.Join(' ', sentences), data: data).AsTask();
    }
}
