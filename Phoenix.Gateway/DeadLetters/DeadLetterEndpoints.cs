using Microsoft.Extensions.Options;
using Phoenix.Client;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>
/// What a dead-letter topic has, read there: also while no silo runs. What is done with letters is done at <see cref="LetterEndpoints"/>.
/// </summary>
internal static class DeadLetterEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/dead-letters/{aggregate}", List);

    private static async Task<IResult> List(string aggregate, HttpRequest request, IDeadLetterTopics topics, IOptions<PhoenixClientOptions> client)
    {
        var limit = (int)QueryParameter.Long(request.Query, "limit", DefaultLimit, 1, MaxLimit);
        (int, long)? before = request.Query.ContainsKey("partition")
            ? ((int)QueryParameter.Long(request.Query, "partition", 0, 0, int.MaxValue), QueryParameter.Long(request.Query, "before", long.MaxValue, 0, long.MaxValue))
            : null;
        return await AnsweredAsync(async () => await topics.ListAsync(TopicOf(aggregate, "dead-letter", client), limit, before, request.HttpContext.RequestAborted) is { } found
            ? DeadLetterJson.List(found)
            : NotFound($"There is no topic for dead letters of '{aggregate}', or not this partition of it."));
    }

    private static string TopicOf(string aggregate, string kind, IOptions<PhoenixClientOptions> client) => LogicalName.IsValid(aggregate)
        ? $"{client.Value.TopicPrefix}.{aggregate}.{kind}"
        : throw new BadRequestException("The path's aggregate name is not a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, such as 'shop.account'.");

    private static async Task<IResult> AnsweredAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (KafkaUnavailableException error)
        {
            throw new UnavailableException("No broker answers in time. Ask again; the gateway's log has the cause.", error);
        }
        catch (KafkaRejectedException error)
        {
            return Problem.Of(StatusCodes.Status409Conflict, error.Code, error.Message);
        }
    }

    private static IResult NotFound(string detail) => Problem.Of(StatusCodes.Status404NotFound, "not-found", detail);
}
