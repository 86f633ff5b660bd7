using System.Text;
using Phoenix.Gateway.Aggregates;
using Phoenix.Gateway.Errors;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Read models: rows of allow-listed tables and views, eventually consistent (guarantee 11).</summary>
internal static class ReadModelEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int IdSegment = 4;

    public static void MapReadModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/read-models/{name}", Many);
        routes.MapGet("/v1/read-models/{name}/{id}", One);
    }

    private static async Task<IResult> One(string name, HttpContext context, ReadModelCatalog catalog, ReadModelSource source)
    {
        if (catalog.Find(name) is not { } model) return NoModel(name);
        var id = PathSegments.Of(context, IdSegment + 1, "/v1/read-models/{name}/{id}")[IdSegment];
        if (id.Contains('\0')) throw new BadRequestException("The id has a null character.");
        return await source.One(model, id, context.RequestAborted) is { } row
            ? Results.Text(row, WireHeaders.Json)
            : Problem.Of(StatusCodes.Status404NotFound, "not-found", $"The read model '{name}' has no row of this id. It may not have caught up yet.");
    }

    private static async Task<IResult> Many(string name, HttpContext context, ReadModelCatalog catalog, ReadModelSource source)
    {
        if (catalog.Find(name) is not { } model) return NoModel(name);
        var limit = (int)QueryParameter.Long(context.Request.Query, "limit", DefaultLimit, 1, MaxLimit);
        var rows = await source.Many(model, limit, context.RequestAborted);
        return Results.Text($"{{\"rows\":[{string.Join(',', rows)}]}}", WireHeaders.Json, Encoding.UTF8);
    }

    private static IResult NoModel(string name) => Problem.Of(
        StatusCodes.Status404NotFound, ErrorCodes.UnknownName, $"There is no read model '{name}'. Phoenix:ReadModels lists those that may be read.");
}
