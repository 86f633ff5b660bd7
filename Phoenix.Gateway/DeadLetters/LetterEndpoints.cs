using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>
/// All that was given up, in one place: listed, counted and looked at by everybody; replayed and discarded, one by one, by operators.
/// </summary>
internal static class LetterEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private static readonly string[] Paging = ["limit", "after"];

    public static void MapLetters(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapGroup("/v1/letters");
        letters.MapGet("", List);
        letters.MapGet("count", async (HttpRequest request, Cluster cluster) => await LetterCalls.AskedAsync(async () =>
            Results.Json(new { letters = await cluster.DeadLetters.Count(LetterCalls.Filter(request.Query))
                .WaitAsync(request.HttpContext.RequestAborted) })));
        letters.MapGet("audit", Audit);
        letters.MapGet("{id}", Find);
        var verbs = letters.MapGroup("{id}").RequireAuthorization(Policies.Operator);
        verbs.MapPost("replay", (string id, HttpRequest request, Cluster cluster, OperatorLog log) =>
            ChangeAsync(id, "replay", "replayed", request, log, change => cluster.DeadLetters.Replay(id, change)));
        verbs.MapPost("discard", (string id, HttpRequest request, Cluster cluster, OperatorLog log) =>
            ChangeAsync(id, "discard", "discarded", request, log, change => cluster.DeadLetters.Discard(id, change)));
    }

    private static Task<IResult> List(HttpRequest request, Cluster cluster) => LetterCalls.AskedAsync(async () =>
    {
        var listing = await cluster.DeadLetters.List(LetterCalls.Filter(request.Query, Paging), Limit(request), After(request))
            .WaitAsync(request.HttpContext.RequestAborted);
        return Results.Json(new { letters = listing.Letters, next = listing.Next });
    });

    private static Task<IResult> Find(string id, HttpContext context, Cluster cluster) => LetterCalls.AskedAsync(async () =>
        await cluster.DeadLetters.Find(id).WaitAsync(context.RequestAborted) is { } letter
            ? LetterJson.Of(letter) : Problem.Of(StatusCodes.Status404NotFound, "not-found", "There is no such letter any more."));

    private static Task<IResult> Audit(HttpRequest request, Cluster cluster) => LetterCalls.AskedAsync(async () =>
    {
        QueryParameter.OnlyKnown(request.Query, Paging);
        var listing = await cluster.DeadLetters.Audit(Limit(request), After(request)).WaitAsync(request.HttpContext.RequestAborted);
        return Results.Json(new { entries = listing.Entries, next = listing.Next });
    });

    private static async Task<IResult> ChangeAsync(
        string id, string verb, string done, HttpRequest request, OperatorLog log, Func<LetterChange, Task> ask)
    {
        var change = await LetterCalls.ChangeAsync(request);
        log.Did(request.HttpContext, verb, change.Reason);
        return await LetterCalls.AskedAsync(async () =>
        {
            await ask(change).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { id, status = done });
        });
    }

    private static int Limit(HttpRequest request) => (int)QueryParameter.Long(request.Query, "limit", DefaultLimit, 1, MaxLimit);

    private static string? After(HttpRequest request) => LetterCalls.Text(request.Query, "after");
}
