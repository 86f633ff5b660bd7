using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Publishing;

namespace Phoenix.Health;

/// <summary>
/// Tells how far behind the publications are that this silo publishes. Degraded while one has something wrong, holds aggregates back, or
/// has work and has stood still: a silo does not become unready for it, since another would fare no better.
/// </summary>
internal sealed class PublicationsCheck(IServiceProvider services, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (services.GetService<PublicationKeeper>() is not { } keeper) return HealthCheckResult.Healthy().AsTask();
        var log = keeper.Log;
        var rows = keeper.Owned.Select(one =>
            new PublicationRow(one.Row, one.Done, Math.Max(0, log.End - one.Done), one.Age.TotalSeconds, one.Parked,
            one.Trouble?.Reason)).ToArray();
        var data = new Dictionary<string, object> { ["end"] = log.End, ["publications"] = rows };
        foreach (var one in keeper.Statuses)
        {
            if (one.Trouble is { } trouble) return Degraded(one, trouble.Reason, trouble.Since);
            if (!one.IsOwner) continue;
            if (one.Parked > 0) return Degraded(one, $"{one.Parked} aggregate(s) are held back: an event of theirs cannot be published", null);
            if (log.End > one.Done && one.Still > Patience)
                return Degraded(one, log.HeldUp?.ToString() ?? (log.UnreachableSince is null ? "It has work and makes no progress" : "PostgreSQL does not answer"), time.GetUtcNow() - one.Still);
        }

        return HealthCheckResult.Healthy(data: data).AsTask();

        Task<HealthCheckResult> Degraded(PublicationStatus one, string reason, DateTimeOffset? since)
        {
            if (since is { } known) data[Findings.Since] = known;
            return HealthCheckResult.Degraded($"{one.Row}: {reason}", data: data).AsTask();
        }
    }
}

/// <summary>One publication in a report.</summary>
/// <param name="Name">Its name; with the number of the slice, where it is divided.</param>
/// <param name="Position">Everything up to here is published.</param>
/// <param name="Lag">Numbers of the log after the position.</param>
/// <param name="LagSeconds">How long the oldest event that is not out has been stored, those that are held back apart.</param>
/// <param name="Parked">Aggregates that are held back.</param>
/// <param name="Trouble">What is wrong.</param>
internal sealed record PublicationRow(string Name, long Position, long Lag, double LagSeconds, int Parked, string? Trouble);
