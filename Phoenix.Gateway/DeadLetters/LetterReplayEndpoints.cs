using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>Many letters at once: begun, and stopped, by operators; watched by everybody.</summary>
internal static class LetterReplayEndpoints
{
    private static readonly string[] AtMost = ["at-most"];

    public static void MapLetterReplays(this IEndpointRouteBuilder routes)
    {
        var replays = routes.MapGroup("/v1/letters/replays");
        replays.MapGet("", async (HttpContext context, Cluster cluster) => await LetterCalls.AskedAsync(async () =>
            Results.Json(new { replays = await cluster.DeadLetters.Replays().WaitAsync(context.RequestAborted) })));
        replays.MapGet("{id:guid}", async (Guid id, HttpContext context, Cluster cluster) => await LetterCalls.AskedAsync(async () =>
            await cluster.DeadLetters.Replays(id).WaitAsync(context.RequestAborted) is [var replay] ? Results.Json(replay) : NotFound()));
        var verbs = replays.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapPost("", Begin);
        verbs.MapPost("{id:guid}/stop", Stop);
    }

    // Whoever replays says how many that may be, so that nobody sends a hundred thousand by mistake.
    private static async Task<IResult> Begin(HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var filter = LetterCalls.Filter(request.Query, AtMost);
        if (!request.Query.ContainsKey("at-most")) throw new BadRequestException(
            "Say with 'at-most' how many letters may be replayed, for example at-most=100; '/v1/letters/count' tells how many there are.");
        var most = QueryParameter.Long(request.Query, "at-most", 0, 0, long.MaxValue);
        var change = await LetterCalls.ChangeAsync(request);
        log.Did(request.HttpContext, $"replay of many{request.QueryString}", change.Reason);
        return await LetterCalls.AskedAsync(async () =>
        {
            var id = await cluster.DeadLetters.ReplayMany(filter, most, change).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { id, status = "begun" }, statusCode: StatusCodes.Status202Accepted);
        });
    }

    private static async Task<IResult> Stop(Guid id, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var change = await LetterCalls.ChangeAsync(request);
        log.Did(request.HttpContext, "stop", change.Reason);
        return await LetterCalls.AskedAsync(async () =>
            Results.Json(new { stopped = await cluster.DeadLetters.Stop(id, change).WaitAsync(request.HttpContext.RequestAborted) }));
    }

    private static IResult NotFound() => Problem.Of(StatusCodes.Status404NotFound, "not-found", "There is no such replay any more.");
}
