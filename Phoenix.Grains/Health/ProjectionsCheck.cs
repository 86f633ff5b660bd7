using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.EventStore;

namespace Phoenix.Health;

/// <summary>
/// Tells how far behind the projections are, on the silo that runs them. Degraded while one stands at an event that it cannot take, or is
/// late; one that is filled for the first time may be late as long as it moves. A version that no silo has any more is nobody's trouble. No
/// silo becomes unready for a projection, since another would fare no better.
/// </summary>
internal sealed class ProjectionsCheck(IProjectionHealth projections, ProjectionOptions options, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = projections.States;
        var data = new Dictionary<string, object>
        {
            ["running"] = projections.IsRunningThem,
            ["projections"] = states.Select(state =>
                new ProjectionRow(state.Name, state.Position, state.Behind, state.Late.TotalSeconds, state.IsBuilding, state.Stop?.Reason)).ToArray(),
        };
        if (Problem(states) is not { } problem) return HealthCheckResult.Healthy(data: data).AsTask();
        data[Findings.Since] = problem.Since;
        return HealthCheckResult.Degraded(problem.Reason, data: data).AsTask();
    }

    private (string Reason, DateTimeOffset Since)? Problem(IReadOnlyList<ProjectionState> states)
    {
        if (states.Where(state => state.Stop is not null).MinBy(state => state.Stop!.Since) is { Stop: { } stop } stopped)
            return ($"{stopped.Name} stands at {stopped.Position}: {stop.Reason}.", stop.Since);
        if (states.Where(state => !state.IsBuilding).MaxBy(state => state.Late) is not { } latest || latest.Late <= options.LateAfter) return null;
        var holder = latest.HeldUpBy is { } held
            ? $" It may be waiting for the transaction of session {held.Pid} of '{held.Application}' ({held.State}), which is {held.Age.TotalSeconds:0} s old."
            : "";
        return ($"{latest.Name} is {latest.Late.TotalSeconds:0} s late, {latest.Behind} events behind.{holder}",
            time.GetUtcNow() - latest.Late);
    }
}

/// <summary>One projection in a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">Everything up to this number of the log is in it.</param>
/// <param name="Behind">Numbers of the log after the position.</param>
/// <param name="LateSeconds">Age of the oldest event that is not in it.</param>
/// <param name="Building">Whether it is filled for the first time.</param>
/// <param name="Stop">Why it stands, or null.</param>
internal sealed record ProjectionRow(string Name, long Position, long Behind, double LateSeconds, bool Building, string? Stop);
