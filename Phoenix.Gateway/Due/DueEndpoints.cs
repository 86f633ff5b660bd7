using Phoenix.Gateway.Calls;
using Phoenix.Gateway.DeadLetters;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.Due;

/// <summary>
/// Timers that are set and commands on their way: listed for everybody; cancelled, or delivered again as a dead letter, by operators.
/// </summary>
internal static class DueEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void MapDue(this IEndpointRouteBuilder routes)
    {
        var due = routes.MapGroup("/v1/due");
        due.MapGet("", List);
        var verbs = due.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapDelete("", Cancel);
        verbs.MapPost("again", Again);
    }

    private static async Task<IResult> List(HttpRequest request, Cluster cluster)
    {
        var filter = new DueFilter
        {
            Aggregate = Text(request, "aggregate"),
            Id = Text(request, "id"),
            Name = Text(request, "name"),
            Dead = request.Query["dead"] == "true",
            Limit = (int)QueryParameter.Long(request.Query, "limit", DefaultLimit, 1, MaxLimit),
            After = Text(request, "after"),
        };
        if (filter.Aggregate is null != filter.Id is null) throw new BadRequestException("Send both 'aggregate' and 'id', or neither.");
        var listing = await AskedAsync(() => cluster.Due.List(filter).WaitAsync(request.HttpContext.RequestAborted));
        return Results.Json(new { entries = listing.Entries, next = listing.Next });
    }

    private static Task<IResult> Cancel(HttpRequest request, Cluster cluster, OperatorLog log) => ChangeAsync(
        request, log, "cancel", "cancelled", "There is no such timer or send, or its delivery has been faster.", cluster.Due.Cancel);

    private static Task<IResult> Again(HttpRequest request, Cluster cluster, OperatorLog log) => ChangeAsync(
        request, log, "again", "due", "There is no such dead letter.", cluster.Due.Again);

    private static async Task<IResult> ChangeAsync(
        HttpRequest request, OperatorLog log, string verb, string done, string otherwise,
        Func<string, string, string, LetterChange?, Task<bool>> ask)
    {
        var (aggregate, id, name) = (Required(request, "aggregate"), Required(request, "id"), Required(request, "name"));
        var change = await LetterCalls.MayChangeAsync(request);
        log.Did(request.HttpContext, $"{verb}{request.QueryString}", change.Reason);
        return await AskedAsync(() => ask(aggregate, id, name, change).WaitAsync(request.HttpContext.RequestAborted))
            ? Results.Json(new { status = done })
            : NotFound(otherwise);
    }

    private static async Task<T> AskedAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }
    }

    private static string? Text(HttpRequest request, string name) => request.Query.TryGetValue(name, out var value) && value.Count == 1 && value[0] is { Length: > 0 } text ? text : null;

    private static string Required(HttpRequest request, string name) => Text(request, name) ?? throw new BadRequestException($"The parameter '{name}' is missing.");

    private static IResult NotFound(string detail) => Problem.Of(StatusCodes.Status404NotFound, "not-found", detail);
}
