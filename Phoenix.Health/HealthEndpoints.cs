using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Phoenix.Health;

/// <summary>The three health endpoints, open to anyone: they name no address, key or secret.</summary>
public static class HealthEndpoints
{
    /// <summary>Tells whoever started the process that it is this one that answers, and not another at the same address.</summary>
    public const string InstanceHeader = "Phoenix-Instance";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>
    /// Maps <c>/health/live</c> (503: stuck, restart the process), <c>/health/ready</c> (503: no new work) and <c>/health</c>, the whole
    /// report: what is unhealthy, since when and why. Needs <see cref="PhoenixHealth.AddPhoenixHealth"/>. A text set as
    /// <c>Phoenix:Instance</c> comes back in <see cref="InstanceHeader"/>.
    /// </summary>
    /// <param name="routes">The host's routes.</param>
    public static IEndpointRouteBuilder MapPhoenixHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health");
        if (routes.ServiceProvider.GetRequiredService<IConfiguration>()["Phoenix:Instance"] is { Length: > 0 } instance)
        {
            health.AddEndpointFilter((context, next) =>
            {
                context.HttpContext.Response.Headers[InstanceHeader] = instance;
                return next(context);
            });
        }

        health.MapGet("/live", (Reports reports, CancellationToken cancellation) => OneAsync(reports, HealthTags.Live, "live", "stuck", cancellation)).AllowAnonymous();
        health.MapGet("/ready", (Reports reports, CancellationToken cancellation) => OneAsync(reports, HealthTags.Ready, "ready", "not-ready", cancellation)).AllowAnonymous();
        health.MapGet("", AllAsync).AllowAnonymous();
        return routes;
    }

    private static async Task<IResult> OneAsync(Reports reports, string tag, string good, string bad, CancellationToken cancellation)
    {
        var unhealthy = await reports.UnhealthyAsync(tag, cancellation);
        return Answer(new { Status = unhealthy.Count == 0 ? good : bad, Unhealthy = unhealthy.Count == 0 ? null : unhealthy }, unhealthy.Count == 0);
    }

    private static async Task<IResult> AllAsync(Reports reports, CancellationToken cancellation)
    {
        var (live, ready, checks) = await reports.AllAsync(cancellation);
        return Answer(new { Live = live, Ready = ready, Checks = checks }, live && ready);
    }

    private static IResult Answer(object body, bool good) => Results.Json(body, Json, statusCode: good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
