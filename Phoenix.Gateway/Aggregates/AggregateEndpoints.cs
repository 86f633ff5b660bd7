using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Messages;

namespace Phoenix.Gateway.Aggregates;

/// <summary>State, history and queries: calls to the cluster, which answer from committed state.</summary>
internal static class AggregateEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void MapAggregates(this IEndpointRouteBuilder routes)
    {
        var aggregate = routes.MapGroup("/v1/aggregates/{aggregate}/{id}");
        aggregate.MapGet("", State);
        aggregate.MapGet("history", History);
        aggregate.MapPost("queries/{query}", Query);
    }

    private static async Task<IResult> State(AggregateAddress address, HttpRequest request, Cluster cluster)
    {
        var view = await cluster.Grain(address).StateAt(MomentOf(request.Query)).WaitAsync(request.HttpContext.RequestAborted);
        return AggregateJson.State(address, view);
    }

    private static async Task<IResult> History(AggregateAddress address, HttpRequest request, Cluster cluster)
    {
        var after = QueryParameter.Long(request.Query, "after", 0, 0, long.MaxValue);
        var limit = (int)QueryParameter.Long(request.Query, "limit", DefaultLimit, 1, MaxLimit);
        var page = await cluster.Grain(address).History(after, limit).WaitAsync(request.HttpContext.RequestAborted);
        return AggregateJson.History(page);
    }

    private static async Task<IResult> Query(AggregateAddress address, string query, HttpRequest request, Cluster cluster)
    {
        var message = new QueryMessage
        {
            Name = query,
            Payload = await JsonBody.Read(request),
            Linearizable = request.Query["linearizable"] == "true",
        };
        var answer = await cluster.Grain(address).Query(message).WaitAsync(request.HttpContext.RequestAborted);
        return Results.Bytes(ReplyBody.Answered(answer).ToUtf8Json(), WireHeaders.Json);
    }

    private static Moment MomentOf(IQueryCollection query)
    {
        if (query.ContainsKey("version") && query.ContainsKey("time"))
            throw new BadRequestException("The request has both 'version' and 'time'. Send one of them, or none for the latest state.");
        if (query.ContainsKey("version")) return Moment.AtVersion(QueryParameter.Long(query, "version", 0, 0, long.MaxValue));
        return query.ContainsKey("time") ? Moment.AtTime(TimeParameter.Read(query, "time")) : Moment.Latest;
    }
}
