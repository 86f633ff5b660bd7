using System.Text.Json;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Read models: rows of allow-listed tables and views, eventually consistent (guarantee 11).</summary>
internal static class ReadModelEndpoints
{
    private const int IdSegment = 4;

    public static void MapReadModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/read-models/{name}", List);
        routes.MapGet("/v1/read-models/{name}/{id}", One);
    }

    private static async Task<IResult> One(
        string name, HttpContext context, ReadModelCatalog catalog, BuiltVersions built, ReadModelSource source, CatchingUp catchingUp)
    {
        if (catalog.Find(name) is not { } model) return NoModel(name);
        if (!await built.IsBuiltAsync(model, context.RequestAborted)) return NotBuilt(model);
        var id = PathSegments.Of(context, IdSegment + 1, "/v1/read-models/{name}/{id}")[IdSegment];
        if (id.Contains('\0')) throw new BadRequestException("The id has a null character.");
        if (CatchingUp.Read(context.Request.Query, model) is { } wait && !await catchingUp.ReachedAsync(model, wait, context.RequestAborted))
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
                $"The read model '{name}' has not caught up within {wait.TotalSeconds:0} s. Ask again, or without 'wait' for what it has.");
        return await source.One(model, id, context.RequestAborted) is { } row
            ? Results.Text(row, WireHeaders.Json)
            : Problem.Of(StatusCodes.Status404NotFound, "not-found", $"The read model '{name}' has no row of this id. It may not have caught up yet.");
    }

    private static async Task<IResult> List(
        string name, HttpContext context, ReadModelCatalog catalog, BuiltVersions built, ReadModelSource source, CursorSeal seal,
        CatchingUp catchingUp)
    {
        if (catalog.Find(name) is not { } model) return NoModel(name);
        if (!await built.IsBuiltAsync(model, context.RequestAborted)) return NotBuilt(model);
        var shape = await source.ShapeAsync(model, context.RequestAborted);
        var request = ListRequest.Read(context.Request.Query, model, shape, seal);
        bool? reached = CatchingUp.Read(context.Request.Query, model) is { } wait
            ? await catchingUp.ReachedAsync(model, wait, context.RequestAborted) : null;
        var page = await source.ListAsync(model, request, context.RequestAborted);
        var next = page.Last is { } place ? new ListCursor(name, $"{request.Sort}", request.FilterText, place).ToText(seal) : null;
        return Results.Bytes(BodyOf(page, next, reached), WireHeaders.Json);
    }

    private static ReadOnlyMemory<byte> BodyOf(ListPage page, string? next, bool? reached)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteStartArray("rows");
        // PostgreSQL wrote them.
        foreach (var row in page.Rows) json.WriteRawValue(row, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("next", next);
        if (page.Position is { } position) json.WriteNumber("position", position);
        if (page.Behind is { } behind) json.WriteNumber("behind", behind);
        if (reached is { } caughtUp) json.WriteBoolean("reached", caughtUp);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static IResult NotBuilt(ReadModel model) => Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
        $"The read model '{model.Name}' is being built: {model.Progress} has not come to the end of the log yet. Ask again.");

    private static IResult NoModel(string name) => Problem.Of(
        StatusCodes.Status404NotFound, ErrorCodes.UnknownName, $"There is no read model '{name}'. Phoenix:ReadModels lists those that may be read.");
}
