using Phoenix.Client;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Transactions;
using Phoenix.Messages;

namespace Phoenix.Gateway.Commands;

/// <summary>Commands over HTTP: they go the way of every command, through Kafka.</summary>
internal static class CommandEndpoints
{
    private const string RespondAsync = "respond-async";

    public static void MapCommands(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/aggregates/{aggregate}/{id}/commands/{command}", Post);

    private static async Task<IResult> Post(AggregateAddress address, string command, HttpContext context, IPhoenixClient client, Cluster cluster)
    {
        // Of a transaction: how long to wait for its end. Asked before anything is sent, so that what is none is told without an effect.
        var wait = QueryParameter.Long(context.Request.Query, "wait", 0, 0, TransactionEndpoints.LongestWait);
        var transaction = wait > 0 ? cluster.Transaction(address) : null;
        var message = new CommandMessage
        {
            CommandId = RequestHeader.IdempotencyKey(context.Request) ?? Guid.CreateVersion7().ToString(),
            Name = command,
            Payload = await JsonBody.Read(context.Request),
            Principal = context.User.Identity?.Name,
            CorrelationId = RequestHeader.Single(context.Request, "Correlation-Id"),
        };
        try
        {
            if (await cluster.ProblemOf(address, message, context.RequestAborted) is { } problem) return Problem.Of(problem, message.CommandId);
            if (RequestHeader.Prefers(context.Request, RespondAsync)) return await Send(address, message, context, client);
            var outcome = await client.RequestAsync(address.Aggregate, address.Id, message, cancellation: context.RequestAborted);
            if (!outcome.IsAccepted) return Problem.Of(outcome);
            return transaction is null
                ? Results.Bytes(ReplyBody.Of(outcome).ToUtf8Json(), WireHeaders.Json)
                : TransactionEndpoints.Shown(await transaction.Wait(TimeSpan.FromSeconds(wait)).WaitAsync(context.RequestAborted));
        }
        catch (CommandException error)
        {
            ErrorHandler.LogCause(context.RequestServices.GetRequiredService<ILogger<ErrorHandler>>(), context.Request.Path, error);
            return Problem.Of(error, message.CommandId);
        }
        catch (ArgumentException refused)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.Undecodable, refused.Message, ("commandId", message.CommandId));
        }
    }

    private static async Task<IResult> Send(AggregateAddress address, CommandMessage message, HttpContext context, IPhoenixClient client)
    {
        await client.SendAsync(address.Aggregate, address.Id, message, context.RequestAborted);
        context.Response.Headers["Preference-Applied"] = RespondAsync;
        return Results.Json(new { status = "sent", commandId = message.CommandId }, statusCode: StatusCodes.Status202Accepted);
    }
}
