using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.Projections;

/// <summary>
/// Verifying and rebuilding a projection, and its versions, for operators; the rows that are named may hold anything a read model holds.
/// </summary>
internal static class ProjectionEndpoints
{
    public static void MapProjections(this IEndpointRouteBuilder routes)
    {
        var projection = routes.MapGroup("/v1/projections/{name}").RequireAuthorization(Policies.Operator);
        projection.MapGet("", async (string name, HttpContext context, Cluster cluster) =>
            Results.Json(await cluster.Projection(name).Status().WaitAsync(context.RequestAborted)));
        projection.MapPost("verify", (string name, HttpContext context, Cluster cluster, OperatorLog log) =>
            BeginAsync("verify", context, log, () => cluster.Projection(name).Verify()));
        projection.MapPost("rebuild", (string name, HttpContext context, Cluster cluster, OperatorLog log) =>
            BeginAsync("rebuild", context, log, () => cluster.Projection(name).Rebuild()));
        projection.MapGet("versions", async (string name, HttpContext context, Cluster cluster) =>
            Results.Json(await cluster.Projection(name).Versions().WaitAsync(context.RequestAborted)));
        projection.MapDelete("versions/{version:int}", (string name, int version, HttpContext context, Cluster cluster, OperatorLog log) =>
            OperatorCalls.AskedAsync(async () =>
            {
                log.Did(context, "remove", $"version {version}");
                await cluster.Projection(name).RemoveVersion(version).WaitAsync(context.RequestAborted);
                return Results.Json(new { status = "removed" });
            }));
    }

    private static async Task<IResult> BeginAsync(string verb, HttpContext context, OperatorLog log, Func<Task> begin)
    {
        log.Did(context, verb, "");
        try
        {
            await begin().WaitAsync(context.RequestAborted);
        }
        catch (InvalidOperationException busy)
        {
            return Problem.Of(StatusCodes.Status409Conflict, "busy", busy.Message);
        }

        return Results.Json(new { status = "begun" }, statusCode: StatusCodes.Status202Accepted);
    }
}
