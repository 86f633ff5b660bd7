using System.Text.Json;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Transactions;

/// <summary>Lists transactions: those that have not ended, the oldest first, or those that have, the last first.</summary>
internal static class TransactionList
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private static readonly string[] Known = ["kind", "older-than", "state", "limit", "after"];

    public static async Task<IResult> Of(HttpRequest request, Cluster cluster)
    {
        var query = request.Query;
        QueryParameter.OnlyKnown(query, Known);
        var page = new Page(
            query["kind"] is [{ Length: > 0 } kind] ? kind : null,
            TimeSpan.FromSeconds(QueryParameter.Long(query, "older-than", 0, 0, int.MaxValue)),
            (int)QueryParameter.Long(query, "limit", DefaultLimit, 1, MaxLimit),
            query["after"] is [{ Length: > 0 } after] ? after : null);
        try
        {
            return await (query["state"].ToString() switch
            {
                "" => OpenAsync(page, needingAttention: false),
                "needs-attention" => OpenAsync(page, needingAttention: true),
                "ended" => EndedAsync(page, completed: null),
                "completed" => EndedAsync(page, completed: true),
                "compensated" => EndedAsync(page, completed: false),
                var other => throw new BadRequestException(
                    $"'state' is 'needs-attention', 'ended', 'completed', 'compensated' or not given; found '{other}'."),
            });
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }

        async Task<IResult> OpenAsync(Page page, bool needingAttention)
        {
            var filter = new TransactionFilter
            {
                Kind = page.Kind, OlderThan = page.OlderThan, NeedingAttention = needingAttention, Limit = page.Limit, After = page.After,
            };
            var listing = await cluster.Transactions.List(filter).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { transactions = listing.Transactions.Select(Shown), next = listing.Next });
        }

        async Task<IResult> EndedAsync(Page page, bool? completed)
        {
            var filter = new EndedTransactionFilter
            {
                Kind = page.Kind, OlderThan = page.OlderThan, Completed = completed, Limit = page.Limit, After = page.After,
            };
            var listing = await cluster.Transactions.ListEnded(filter).WaitAsync(request.HttpContext.RequestAborted);
            return Results.Json(new { transactions = listing.Transactions.Select(Shown), next = listing.Next });
        }
    }

    private static object Shown(OpenTransaction one) => new
    {
        kind = one.Kind,
        id = one.Id,
        startedAt = one.StartedAt,
        state = one.NeedsAttention ? "needs-attention" : "under-way",
    };

    private static object Shown(EndedTransaction one) => new
    {
        kind = one.Kind,
        id = one.Id,
        startedAt = one.StartedAt,
        endedAt = one.EndedAt,
        state = JsonNamingPolicy.KebabCaseLower.ConvertName(one.State.ToString()),
        code = one.Code,
        message = one.Message,
    };

    private sealed record Page(string? Kind, TimeSpan OlderThan, int Limit, string? After);
}
