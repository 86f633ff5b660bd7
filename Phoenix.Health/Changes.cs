using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Phoenix.Health;

/// <summary>Remembers since when each check has the status it has, for checks that do not know it themselves. Thread-safe.</summary>
internal sealed class Changes(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (HealthStatus Status, DateTimeOffset Since)> _known = new(StringComparer.Ordinal);

    public DateTimeOffset SinceWhen(string check, HealthStatus status) =>
        _known.AddOrUpdate(check, _ => (status, time.GetUtcNow()), (_, known) => known.Status == status ? known : (status, time.GetUtcNow())).Since;
}
