using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;

namespace Phoenix.Gateway.Ledger;

/// <summary>The ledger's old rows, for operators: what needs them; counted, trimmed in the background, watched and stopped.</summary>
internal static class LedgerEndpoints
{
    private static readonly string[] Known = ["before", "at-most", "ignore"];

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var ledger = routes.MapGroup("/v1/ledger").RequireAuthorization(Policies.Operator);
        ledger.MapGet("", async (HttpRequest request, Cluster cluster) => await OperatorCalls.AskedAsync(async () =>
            Results.Json(await cluster.Ledger.Look().WaitAsync(request.HttpContext.RequestAborted))));
        ledger.MapPost("trim", Trim);
        ledger.MapGet("trim", async (HttpContext context, Cluster cluster) => Results.Json(await cluster.Ledger.Status().WaitAsync(context.RequestAborted)));
        ledger.MapDelete("trim", async (HttpContext context, Cluster cluster, OperatorLog log) =>
        {
            log.Did(context, "stop", "");
            return Results.Json(new { stopped = await cluster.Ledger.Stop().WaitAsync(context.RequestAborted) });
        });
    }

    // Whoever trims says how many rows that may be, so that a year too many is noticed.
    private static async Task<IResult> Trim(HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var trim = new LedgerTrim
        {
            Before = Before(request.Query),
            AtMost = request.Query.ContainsKey("at-most")
                ? QueryParameter.Long(request.Query, "at-most", 0, 0, long.MaxValue)
                : throw new BadRequestException("Say with 'at-most' how many rows may be deleted; 0 deletes none, and the status then tells how many there are."),
            Ignored = [.. request.Query["ignore"].OfType<string>()],
            Principal = request.HttpContext.User.Identity?.Name,
        };
        log.Did(request.HttpContext, "trim", $"{request.QueryString}");
        return await OperatorCalls.AskedAsync(async () =>
        {
            await cluster.Ledger.Trim(trim).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { status = "begun" }, statusCode: StatusCodes.Status202Accepted);
        });
    }

    private static DateTimeOffset Before(IQueryCollection query)
    {
        QueryParameter.OnlyKnown(query, Known);
        return query.ContainsKey("before") ? TimeParameter.Read(query, "before")
            : throw new BadRequestException("Say with 'before' which rows: those that were recorded before a time, for example before=2026-01-01T00:00:00Z.");
    }
}
