using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Phoenix.Deciding;
using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>Shows due rows to operators, and takes them away for them.</summary>
[StatelessWorker]
internal sealed class DueGrain(DueQueue queue, ILogger<DueGrain> logger) : Grain, IDueGrain
{
    private const int LongestReason = 500;

    public Task<DueListing> List(DueFilter filter)
    {
        if (filter.Limit is < 1 or > 1000) throw new ArgumentException($"A page has 1 to 1,000 entries; found {filter.Limit}.");
        if (filter.Aggregate is null != filter.Id is null) throw new ArgumentException("An aggregate is named by its kind and its id; found one of them.");
        var owner = filter.Id is null ? null : $"{filter.Aggregate}/{filter.Id}";
        return AskAsync(async () =>
        {
            var items = await queue.ListAsync(PlaceOf(filter.After), filter.Limit, owner, filter.Name, filter.Dead);
            return new DueListing([.. items.Select(Entry)], items.Count == filter.Limit ? NextOf(items[^1]) : null);
        });
    }

    public Task<bool> Cancel(string aggregate, string id, string name) => Cancel(aggregate, id, name, null);

    public Task<bool> Again(string aggregate, string id, string name) => Again(aggregate, id, name, null);

    public Task<bool> Cancel(string aggregate, string id, string name, LetterChange? change) =>
        AskAsync(() => queue.CancelAsync($"{aggregate}/{id}", name, change?.Principal, ReasonOf(change)));

    public Task<bool> Again(string aggregate, string id, string name, LetterChange? change) =>
        AskAsync(() => queue.AgainAsync($"{aggregate}/{id}", name, change?.Principal, ReasonOf(change)));

    // These verbs ask for none; one that is given has to fit.
    private static string? ReasonOf(LetterChange? change) => change?.Reason switch
    {
        null or "" => null,
        { Length: <= LongestReason } reason when !reason.Contains('\0', StringComparison.Ordinal) => reason,
        _ => throw new ArgumentException($"A reason has at most {LongestReason} characters, and no NUL."),
    };

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            throw Errors.ForCaller(exception, "due rows", logger);
        }
    }

    private static DueEntry Entry(DueItem item) => new()
    {
        Owner = item.Owner,
        Name = item.Reference.Name,
        Kind = item.Kind == DueKind.Timer ? "timer" : "send",
        Scheduled = item.Scheduled,
        Due = item.DeadSince is null ? item.Due : null,
        Period = item.Period,
        Target = item.Target,
        Command = item.Command,
        Payload = item.Payload,
        Attempts = item.Attempts,
        LastError = item.LastError,
        DeadSince = item.DeadSince,
        IfRejected = item.IfRejected?.Command,
    };

    private static string NextOf(DueItem item) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Place(item.Due.UtcTicks, item.Owner, item.Reference.Name)));

    private static DuePlace PlaceOf(string? after)
    {
        if (after is null) return DuePlace.First;
        try
        {
            var (ticks, owner, name) = JsonSerializer.Deserialize<Place>(Encoding.UTF8.GetString(Convert.FromBase64String(after)))!;
            return new(new DateTimeOffset(ticks, TimeSpan.Zero), owner, name);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException or NullReferenceException)
        {
            throw new ArgumentException("The place to go on from is none that a listing gave.");
        }
    }

    private sealed record Place(long Ticks, string Owner, string Name);
}
