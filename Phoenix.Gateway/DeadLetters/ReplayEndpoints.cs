using Phoenix.Gateway.Aggregates;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>Many dead letters at once, for operators: counted, replayed in the background, watched and stopped.</summary>
internal static class ReplayEndpoints
{
    private static readonly string[] Known = ["reason", "key", "since", "until", "at-most"];

    public static void MapReplays(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapGroup("/v1/dead-letters/{aggregate}").RequireAuthorization(Policies.Operator);
        letters.MapGet("count", async (string aggregate, HttpRequest request, Cluster cluster) => await OperatorCalls.AskedAsync(async () =>
            Results.Json(new { letters = await cluster.DeadLetters(aggregate).Count(Filter(request.Query)).WaitAsync(request.HttpContext.RequestAborted) })));
        letters.MapPost("replay", Replay);
        letters.MapGet("replay", async (string aggregate, HttpContext context, Cluster cluster) =>
            Results.Json(await cluster.DeadLetters(aggregate).Status().WaitAsync(context.RequestAborted)));
        letters.MapDelete("replay", async (string aggregate, HttpContext context, Cluster cluster, OperatorLog log) =>
        {
            log.Did(context, "stop", "");
            return Results.Json(new { stopped = await cluster.DeadLetters(aggregate).Stop().WaitAsync(context.RequestAborted) });
        });
    }

    // Whoever replays says how many that may be, so that nobody sends a hundred thousand by mistake.
    private static async Task<IResult> Replay(string aggregate, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var filter = Filter(request.Query);
        if (!request.Query.ContainsKey("at-most")) throw new BadRequestException("Say with 'at-most' how many letters may be replayed, for example at-most=100; '.../count' tells how many there are.");
        var most = QueryParameter.Long(request.Query, "at-most", 0, 0, long.MaxValue);
        log.Did(request.HttpContext, "replay", $"{request.QueryString}");
        return await OperatorCalls.AskedAsync(async () =>
        {
            await cluster.DeadLetters(aggregate).Replay(filter, most).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { status = "begun" }, statusCode: StatusCodes.Status202Accepted);
        });
    }

    // A filter that is misspelt must not mean all of them.
    private static LetterFilter Filter(IQueryCollection query)
    {
        QueryParameter.OnlyKnown(query, Known);
        return new() { Reason = Text(query, "reason"), Key = Text(query, "key"), Since = Time(query, "since"), Until = Time(query, "until") };
    }

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text] ? text : null;

    private static DateTimeOffset? Time(IQueryCollection query, string name) => query.ContainsKey(name) ? TimeParameter.Read(query, name) : null;
}
