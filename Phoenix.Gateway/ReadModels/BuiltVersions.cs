using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Hosting;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// Knows whether the version of a projection that a read model is of was ever built: until then its rows are only a part. Ready: all that
/// name a version are, so that a rolling update leaves callers to the gateways of the old build until the new version is whole.
/// </summary>
internal sealed class BuiltVersions(ReadModelCatalog catalog, ReadModelSource source, IOptions<PhoenixGatewayOptions> options) : IHealthCheck
{
    private readonly ConcurrentDictionary<string, bool> _built = [];

    private readonly string _isBuilt = $"""
        select exists (
            select from {Sql.Quoted(options.Value.Schema)}.phoenix_projection_versions where shard = $1 and built_at is not null)
        """;

    /// <summary>True for one that names no version. What is built stays so.</summary>
    /// <exception cref="UnavailableException">The database cannot be asked.</exception>
    public async Task<bool> IsBuiltAsync(ReadModel model, CancellationToken cancellation)
    {
        if (!model.NamesVersion || _built.ContainsKey(model.Progress!)) return true;
        if (await source.AskAsync(model, _isBuilt, [new() { Value = model.Progress! }], cancellation) is not true) return false;
        return _built[model.Progress!] = true;
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach (var model in catalog.All)
        {
            try
            {
                if (await IsBuiltAsync(model, cancellationToken)) continue;
                return HealthCheckResult.Unhealthy(
                    $"The read model '{model.Name}' is being built: {model.Progress} has not come to the end of the log yet.");
            }
            catch (UnavailableException)
            {
                return HealthCheckResult.Unhealthy($"Whether the read model '{model.Name}' is built cannot be asked now.");
            }
        }

        return HealthCheckResult.Healthy();
    }
}
