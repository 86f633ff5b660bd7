using System.Text.Json;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Security;
using Phoenix.Transactions;

namespace Phoenix.Gateway.Transactions;

/// <summary>
/// How a transaction stands, for everybody; what sets it going again, for operators. It is started like any command, at
/// <c>/v1/aggregates</c>.
/// </summary>
internal static class TransactionEndpoints
{
    /// <summary>In seconds.</summary>
    public const int LongestWait = 25;

    public static void MapTransactions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/transactions", TransactionList.Of);
        var transaction = routes.MapGroup("/v1/transactions/{aggregate}/{id}");
        transaction.MapGet("", Status);
        var verbs = transaction.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapPost("resume", Resume);
        verbs.MapPost("turn-back", TurnBack);
        verbs.MapPost("skip", Skip);
    }

    private static async Task<IResult> Status(AggregateAddress address, HttpRequest request, Cluster cluster)
    {
        var wait = QueryParameter.Long(request.Query, "wait", 0, 0, LongestWait);
        var transaction = cluster.Transaction(address);
        return Shown(await (wait > 0 ? transaction.Wait(TimeSpan.FromSeconds(wait)) : transaction.Status())
            .WaitAsync(request.HttpContext.RequestAborted));
    }

    private static async Task<IResult> Resume(AggregateAddress address, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        log.Did(request.HttpContext, "resume", "");
        return Shown(await cluster.Transaction(address).Resume());
    }

    private static async Task<IResult> TurnBack(AggregateAddress address, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var reason = await OperatorBody.ReadAsync<TurnBackBody>(request);
        log.Did(request.HttpContext, "turn-back", Required(reason.Reason));
        return Shown(await cluster.Transaction(address).TurnBack(reason.Reason!));
    }

    private static async Task<IResult> Skip(AggregateAddress address, HttpRequest request, Cluster cluster, OperatorLog log)
    {
        var skip = await OperatorBody.ReadAsync<SkipBody>(request);
        if (string.IsNullOrEmpty(skip.Step))
            throw new BadRequestException("The body has no 'step'. Send the name of the step that needs attention.");
        if (!Enum.TryParse<StepPhase>(skip.Phase, ignoreCase: true, out var phase) || !Enum.IsDefined(phase))
            throw new BadRequestException($"The body's 'phase' is none of {string.Join(", ", Enum.GetNames<StepPhase>().Select(name => $"'{JsonNamingPolicy.KebabCaseLower.ConvertName(name)}'"))}.");
        log.Did(request.HttpContext, $"skip {phase} of {skip.Step}", Required(skip.Reason));
        return Shown(await cluster.Transaction(address).Skip(skip.Step, phase, skip.Reason!));
    }

    private static string Required(string? reason) =>
        string.IsNullOrWhiteSpace(reason)
            ? throw new BadRequestException("The body has no 'reason'. It is stored with what you do: say why.") : reason;

    public static IResult Shown(TransactionStatus status) => Results.Json(new
    {
        state = JsonNamingPolicy.KebabCaseLower.ConvertName(status.State.ToString()),
        startedAt = status.StartedAt,
        code = status.Code,
        message = status.Message,
        reply = status.ReplyJson is null ? (JsonElement?)null : JsonDocument.Parse(status.ReplyJson).RootElement,
        steps = status.Steps.Select(step => new { name = step.Name,
        state = JsonNamingPolicy.KebabCaseLower.ConvertName(step.State.ToString()), rounds = step.Rounds, code = step.Code }),
    });

    private sealed record TurnBackBody(string? Reason);

    private sealed record SkipBody(string? Step, string? Phase, string? Reason);
}
