using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>Many letters at once: replays and discards are begun, and stopped, by operators; watched by everybody.</summary>
internal static class LetterReplayEndpoints
{
    private static readonly string[] AtMost = ["at-most"];

    public static void MapLetterReplays(this IEndpointRouteBuilder routes)
    {
        Map(routes, "replay", static (letters, filter, most, change) => letters.ReplayMany(filter, most, change));
        Map(routes, "discard", static (letters, filter, most, change) => letters.DiscardMany(filter, most, change));
    }

    private static void Map(
        IEndpointRouteBuilder routes, string verb, Func<IDeadLettersGrain, LetterFilter, long, LetterChange, Task<Guid>> begin)
    {
        var runs = routes.MapGroup($"/v1/letters/{verb}s");
        runs.MapGet("", async (HttpContext context, Cluster cluster) => await LetterCalls.AskedAsync(async () =>
            Results.Json(new Dictionary<string, object> { [$"{verb}s"] = await AskAsync(verb, cluster, null, context) })));
        runs.MapGet("{id:guid}", async (Guid id, HttpContext context, Cluster cluster) => await LetterCalls.AskedAsync(async () =>
            await AskAsync(verb, cluster, id, context) is [var run] ? Results.Json(run) : NotFound(verb)));
        var verbs = runs.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapPost("", (HttpRequest request, Cluster cluster, OperatorLog log) => BeginAsync(verb, begin, request, cluster, log));
        verbs.MapPost("{id:guid}/stop", Stop);
    }

    // Whoever does this says how many that may be, so that nobody sends or discards a hundred thousand by mistake.
    private static async Task<IResult> BeginAsync(
        string verb, Func<IDeadLettersGrain, LetterFilter, long, LetterChange, Task<Guid>> begin, HttpRequest request, Cluster cluster,
        OperatorLog log)
    {
        var filter = LetterCalls.Filter(request.Query, AtMost);
        if (!request.Query.ContainsKey("at-most")) throw new BadRequestException(
            $"Say with 'at-most' how many letters you {verb} at most, for example at-most=100; '/v1/letters/count' tells how many "
            + "there are.");
        var most = QueryParameter.Long(request.Query, "at-most", 0, 0, long.MaxValue);
        var change = await LetterCalls.ChangeAsync(request);
        log.Did(request.HttpContext, $"{verb} of many{request.QueryString}", change.Reason);
        return await LetterCalls.AskedAsync(async () =>
        {
            var id = await begin(cluster.DeadLetters, filter, most, change).WaitAsync(request.HttpContext.RequestAborted);
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

    private static async Task<List<ReplayStatus>> AskAsync(string verb, Cluster cluster, Guid? id, HttpContext context) =>
        [.. (await cluster.DeadLetters.Replays(id).WaitAsync(context.RequestAborted)).Where(run => run.Verb == verb)];

    private static IResult NotFound(string verb) =>
        Problem.Of(StatusCodes.Status404NotFound, "not-found", $"There is no such {verb} any more.");
}
