using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.Publications;

/// <summary>How a publication is, for everybody; pausing, resuming, rewinding and dividing it, for operators.</summary>
internal static class PublicationEndpoints
{
    public static void MapPublications(this IEndpointRouteBuilder routes)
    {
        var publication = routes.MapGroup("/v1/publications/{name}");
        publication.MapGet("", Inspect);
        publication.MapGet("events-since", CountSince);
        var verbs = publication.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapPost("pause", Pause);
        verbs.MapPost("resume", Resume);
        verbs.MapPost("rewind", Rewind);
        verbs.MapPost("slices", Divide);
    }

    private static async Task<IResult> Inspect(string name, HttpRequest request, Cluster cluster) =>
        Results.Json(await AskedAsync(() => cluster.Publication(name).Inspect(), request));

    private static async Task<IResult> CountSince(string name, HttpRequest request, Cluster cluster) =>
        Results.Json(new { events = await AskedAsync(() => cluster.Publication(name).CountSince(PlaceOf(request.Query)), request) });

    private static async Task<IResult> Pause(string name, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var body = await OperatorBody.ReadAsync<PauseBody>(request);
        log.Did(request.HttpContext, "pause", body.Reason ?? "");
        return await DoneAsync(() => cluster.Publication(name).Pause(body.Reason), request, "paused");
    }

    private static async Task<IResult> Resume(string name, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        log.Did(request.HttpContext, "resume", "");
        return await DoneAsync(() => cluster.Publication(name).Resume(), request, "running");
    }

    // Whoever rewinds says how many events may go out again at most, so that nobody sends a million by mistake. An exact number would be
    // old when it arrives.
    private static async Task<IResult> Rewind(string name, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var place = PlaceOf(request.Query);
        var most = QueryParameter.Long(request.Query, "at-most", -1, 0, long.MaxValue);
        var events = await AskedAsync(() => cluster.Publication(name).CountSince(place), request);
        if (events > most)
        {
            return Problem.Of(
                StatusCodes.Status409Conflict,
                "confirm", $"{events} events would go out again. Say with 'at-most' how many may, for example at-most={events}.", (
                "events", events));
        }

        log.Did(request.HttpContext, "rewind", $"{request.QueryString}");
        return await DoneAsync(() => cluster.Publication(name).Rewind(place), request, "rewound");
    }

    private static async Task<IResult> Divide(string name, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var body = await OperatorBody.ReadAsync<SlicesBody>(request);
        log.Did(request.HttpContext, "divide", $"{body.Count}");
        return await DoneAsync(() => cluster.Publication(name).Divide(body.Count), request, "divided");
    }

    private static PublicationPlace PlaceOf(IQueryCollection query)
    {
        string[] places = ["position", "time", "stream"];
        if (places.Count(query.ContainsKey) != 1 || query.ContainsKey("stream") != query.ContainsKey("version"))
        {
            throw new BadRequestException(
                "Send one of 'position' (the number of the log to go on after; 0 is the beginning), 'time', and 'stream' with 'version' " +
                "(the event of an aggregate to go on with).");
        }

        if (query.ContainsKey("stream"))
            return PublicationPlace.BeforeVersion($"{query["stream"]}", QueryParameter.Long(query, "version", 0, 1, long.MaxValue));
        return query.ContainsKey("time") ? new(0, TimeParameter.Read(query, "time"))
            : new(QueryParameter.Long(query, "position", 0, 0, long.MaxValue));
    }

    private static async Task<IResult> DoneAsync(Func<Task> act, HttpRequest request, string status)
    {
        await AskedAsync(
            async () =>
            {
                await act();
                return true;
            },
            request);
        return Results.Json(new { status });
    }

    private static async Task<T> AskedAsync<T>(Func<Task<T>> ask, HttpRequest request)
    {
        try
        {
            return await ask().WaitAsync(request.HttpContext.RequestAborted);
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }
    }

    private sealed record PauseBody(string? Reason);

    private sealed record SlicesBody(int Count);
}
