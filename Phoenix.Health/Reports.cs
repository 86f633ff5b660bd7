using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Phoenix.Health;

/// <summary>Runs the checks and puts what they say into reports.</summary>
internal sealed class Reports(HealthCheckService checks, Changes changes)
{
    private const string Since = "since";

    public async Task<(bool Live, bool Ready, IReadOnlyList<CheckReport> Checks)> AllAsync(CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(cancellation);
        return (IsFit(HealthTags.Live), IsFit(HealthTags.Ready), [.. report.Entries.Select(entry => Of(entry.Key, entry.Value)).OrderBy(check => check.Name, StringComparer.Ordinal)]);

        bool IsFit(string tag) => report.Entries.Values.All(entry => entry.Status != HealthStatus.Unhealthy || !entry.Tags.Contains(tag));
    }

    /// <summary>The checks with this tag that are unhealthy.</summary>
    public async Task<IReadOnlyList<CheckReport>> UnhealthyAsync(string tag, CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(registration => registration.Tags.Contains(tag), cancellation);
        // All of them pass through the memory, or a change back would be missed.
        return [.. report.Entries.Select(entry => Of(entry.Key, entry.Value)).Where(check => check.Status == Word(HealthStatus.Unhealthy))];
    }

    private CheckReport Of(string name, HealthReportEntry entry)
    {
        var remembered = changes.SinceWhen(name, entry.Status);
        var data = entry.Data.Where(item => item.Key != Since).ToDictionary(item => item.Key, item => item.Value);
        return new(
            name,
            Word(entry.Status),
            entry.Data.TryGetValue(Since, out var told) && told is DateTimeOffset since ? since : remembered,
            // What an exception says may name anything; it is in the log.
            entry.Exception is { } thrown ? $"The check failed ({thrown.GetType().Name})." : entry.Description,
            data.Count > 0 ? data : null);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>One check in a report.</summary>
/// <param name="Name">The check.</param>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why; absent when nothing is wrong.</param>
/// <param name="Data">Further figures.</param>
internal sealed record CheckReport(string Name, string Status, DateTimeOffset Since, string? Reason, IReadOnlyDictionary<string, object>? Data);
