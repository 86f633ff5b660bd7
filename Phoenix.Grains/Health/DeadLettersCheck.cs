using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.DeadLetters;
using Phoenix.EventStore;

namespace Phoenix.Health;

/// <summary>
/// Tells how many dead letters nobody has looked after, on the silo that keeps them. Degraded while letters cannot be kept or replayed;
/// letters alone are no trouble of the silo.
/// </summary>
internal sealed class DeadLettersCheck(LetterWatch watch, HealthLimits limits, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        foreach (var (kind, letters) in watch.Open ?? new Dictionary<LetterKind, long>()) data[LetterFilters.KindOf(kind)] = letters;
        if (watch.Problem is not { } problem || problem.Since <= limits.StalledAfter) return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = time.GetUtcNow() - problem.Since;
        return HealthCheckResult.Degraded($"Dead letters are not kept or replayed: {problem.Reason}", data: data).AsTask();
    }
}
