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

    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private static readonly string[] Known = ["kind", "older-than", "state", "limit", "after"];

    public static void MapTransactions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/transactions", List);
        var transaction = routes.MapGroup("/v1/transactions/{aggregate}/{id}");
        transaction.MapGet("", Status);
        var verbs = transaction.MapGroup("").RequireAuthorization(Policies.Operator);
        verbs.MapPost("resume", Resume);
        verbs.MapPost("turn-back", TurnBack);
        verbs.MapPost("skip", Skip);
    }

    private static async Task<IResult> List(HttpRequest request, Cluster cluster)
    {
        var query = request.Query;
        QueryParameter.OnlyKnown(query, Known);
        var filter = new TransactionFilter
        {
            Kind = query["kind"] is [{ Length: > 0 } kind] ? kind : null,
            OlderThan = TimeSpan.FromSeconds(QueryParameter.Long(query, "older-than", 0, 0, int.MaxValue)),
            NeedingAttention = query["state"].ToString() switch
            {
                "" => false,
                "needs-attention" => true,
                var other => throw new BadRequestException($"'state' is 'needs-attention' or not given; found '{other}'."),
            },
            Limit = (int)QueryParameter.Long(query, "limit", DefaultLimit, 1, MaxLimit),
            After = query["after"] is [{ Length: > 0 } after] ? after : null,
        };
        try
        {
            var listing = await cluster.Transactions.List(filter).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new
            {
                transactions = listing.Transactions.Select(one => new
                {
                    kind = one.Kind,
                    id = one.Id,
                    startedAt = one.StartedAt,
                    state = one.NeedsAttention ? "needs-attention" : "under-way",
                }),
                next = listing.Next,
            });
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }
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
