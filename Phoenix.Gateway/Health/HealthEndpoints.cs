using Phoenix.Client;

namespace Phoenix.Gateway.Health;

/// <summary>Liveness: the process answers. Readiness: Kafka was reached and, where silos are configured, the cluster.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous();
        routes.MapGet("/health/ready", Ready).AllowAnonymous();
    }

    // A host counts as started when every hosted service is, the Orleans client among them.
    private static IResult Ready(IPhoenixClient client, IHostApplicationLifetime lifetime)
    {
        var kafka = client.Ready.IsCompletedSuccessfully;
        var started = lifetime.ApplicationStarted.IsCancellationRequested;
        var ready = kafka && started && !lifetime.ApplicationStopping.IsCancellationRequested;
        return Results.Json(
            new { status = ready ? "ready" : "not-ready", kafka = Word(kafka), cluster = Word(started) },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Word(bool reached) => reached ? "reached" : "waiting";
}
