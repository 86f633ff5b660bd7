using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.Consumption;

/// <summary>Which topics are read, for everybody; switching them off and on, for operators.</summary>
internal static class ConsumptionEndpoints
{
    public static void MapConsumption(this IEndpointRouteBuilder routes)
    {
        var topics = routes.MapGroup("/v1/consumption");
        topics.MapGet("", async (HttpContext context, Cluster cluster) =>
            Results.Json(new { topics = await cluster.Consumption.List().WaitAsync(context.RequestAborted) }));
        var verbs = topics.MapGroup("{topic}").RequireAuthorization(Policies.Operator);
        verbs.MapPost("off", Off);
        verbs.MapPost("on", On);
    }

    private static async Task<IResult> Off(string topic, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var body = await OperatorBody.ReadAsync<SwitchBody>(request);
        log.Did(request.HttpContext, "off", body.Reason ?? "");
        try
        {
            await cluster.Consumption.Off(topic, body.Reason ?? "").WaitAsync(request.HttpContext.RequestAborted);
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }

        return Results.Json(new { status = "off" });
    }

    private static async Task<IResult> On(string topic, HttpContext context, Cluster cluster, OperatorLog log)
    {
        log.Did(context, "on", "");
        return Results.Json(new { status = "on", changed = await cluster.Consumption.On(topic).WaitAsync(context.RequestAborted) });
    }

    private sealed record SwitchBody(string? Reason);
}
