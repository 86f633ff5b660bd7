using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Phoenix.Deciding;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>Shows letters to operators, and does with them what they say.</summary>
[StatelessWorker]
internal sealed class DeadLettersGrain(
    LetterQueries queries, LetterTable table, LetterReplays replays, LetterAudit audit, LetterVerbs verbs, ILogger<DeadLettersGrain> logger)
    : Grain, IDeadLettersGrain
{
    private const int ReplaysShown = 100;

    private static readonly JsonSerializerOptions FilterJson = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public Task<LetterListing> List(LetterFilter filter, int limit, string? after) => AskAsync(async () =>
    {
        Check(limit);
        var rows = await queries.ListAsync(OpenTransactions.Kind, LetterFilters.Read(filter), LetterIds.ReadPlace(after), limit);
        return new LetterListing([.. rows.Select(LetterEntries.Of)], rows.Count == limit ? LetterIds.PlaceOf(rows[^1]) : null);
    });

    public Task<LetterContent?> Find(string id) => AskAsync(async () =>
    {
        var name = LetterIds.Read(id);
        if (await queries.FindAsync(OpenTransactions.Kind, name) is not { } row) return null;
        var body = row.Content is { } json ? Encoding.UTF8.GetBytes(json) : null;
        var content = new LetterContent { Entry = LetterEntries.Of(row), Body = body };
        return name.Place is { } place && await table.FindAsync(place) is { } letter
            ? content with { Key = letter.Key, Body = letter.Body, Headers = [.. LetterRows.HeadersOf(letter)], Whole = letter.Whole }
            : content;
    });

    public Task<long> Count(LetterFilter filter) => AskAsync(() => queries.CountAsync(OpenTransactions.Kind, LetterFilters.Read(filter)));

    public Task Replay(string id, LetterChange change) => AskAsync(() =>
        verbs.ReplayAsync(LetterIds.Read(id), id, LetterFilters.Checked(change)));

    public Task Discard(string id, LetterChange change) => AskAsync(() =>
        verbs.DiscardAsync(LetterIds.Read(id), id, LetterFilters.Checked(change)));

    public Task<Guid> ReplayMany(LetterFilter filter, long atMost, LetterChange change) =>
        BeginAsync(filter, atMost, change, discards: false);

    public Task<Guid> DiscardMany(LetterFilter filter, long atMost, LetterChange change) =>
        BeginAsync(filter, atMost, change, discards: true);

    public Task<IReadOnlyList<ReplayStatus>> Replays(Guid? id) => AskAsync<IReadOnlyList<ReplayStatus>>(async () =>
        [.. (await replays.ListAsync(id, ReplaysShown)).Select(LetterEntries.Of)]);

    public Task<bool> Stop(Guid id, LetterChange change) => AskAsync(() =>
        replays.EndAsync(id, "stopped", change.Principal, LetterFilters.Checked(change).Reason));

    public Task<LetterAuditListing> Audit(int limit, string? after) => AskAsync(async () =>
    {
        Check(limit);
        var rows = await audit.ListAsync(LetterIds.ReadAuditPlace(after), limit);
        return new LetterAuditListing([.. rows.Select(LetterEntries.Of)], rows.Count == limit ? LetterIds.PlaceOf(rows[^1]) : null);
    });

    private Task<Guid> BeginAsync(LetterFilter filter, long atMost, LetterChange change, bool discards) => AskAsync(async () =>
    {
        var query = LetterFilters.ReadMany(filter);
        LetterFilters.Checked(change);
        var found = await queries.CountAsync(OpenTransactions.Kind, query);
        if (found > atMost)
            throw new InvalidOperationException(
                $"{found} letters would be {(discards ? "discarded" : "replayed")}, and at most {atMost} may. Count first.");
        var id = Guid.CreateVersion7();
        var asked = JsonSerializer.Serialize(filter, FilterJson);
        if (await replays.BeginAsync(id, discards, asked, found, change.Principal, change.Reason)) return id;
        throw new InvalidOperationException("A replay or discard of many is under way. Stop it or wait for its end.");
    });

    private static void Check(int limit)
    {
        if (limit is < 1 or > 1000) throw new ArgumentException($"A page has 1 to 1,000 entries; found {limit}.");
    }

    private Task<bool> AskAsync(Func<Task> ask) => AskAsync(async () =>
    {
        await ask();
        return true;
    });

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (KafkaRejectedException rejected)
        {
            // Its own type is not known to callers.
            throw new InvalidOperationException(rejected.Message);
        }
        catch (KafkaUnavailableException unavailable)
        {
            throw new Messages.UnavailableException(unavailable.Message);
        }
        catch (Exception exception) when (exception is not (ArgumentException or InvalidOperationException))
        {
            throw Errors.ForCaller(exception, "dead letters", logger);
        }
    }
}
