using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Due;

namespace Phoenix.Health;

/// <summary>
/// Tells how late timers and sends are. Degraded while the silo that sweeps is late, has dead letters, or knows of transactions that need
/// attention, and on a silo that has not looked for long; that alone makes no silo unready.
/// </summary>
internal sealed class DueCheck(DueWatch watch, DueOptions options, HealthLimits limits, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = watch.State;
        var data = new Dictionary<string, object> { ["sweeping"] = state.Sweeping, ["open"] = state.Open };
        if (state.Lag is { } lag) data["lagSeconds"] = lag.TotalSeconds;
        if (state.Dead is { } dead) data["deadLetters"] = dead;
        if (state.Attention is { } attention) data["transactionsNeedingAttention"] = attention;
        if (Problem(state) is not { } problem) return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = time.GetUtcNow() - problem.Since;
        return HealthCheckResult.Degraded(problem.Reason, data: data).AsTask();
    }

    private (string Reason, TimeSpan Since)? Problem(DueState state)
    {
        if (state.LastSweep > limits.StalledAfter) return ("This silo has not looked for timers and sends that are due.", state.LastSweep);
        if (state.Lag > options.LateAfter) return ($"Timers and sends are late: {state.Open} are not delivered, the latest for {state.Lag.Value.TotalSeconds:0} s.", state.Lag.Value);
        if (state.Dead > 0) return ($"{state.Dead} timer(s) or send(s) are dead letters.", TimeSpan.Zero);
        return state.Attention > 0 ? ($"{state.Attention} transaction(s) need attention and do not go on by themselves.", TimeSpan.Zero) : null;
    }
}
