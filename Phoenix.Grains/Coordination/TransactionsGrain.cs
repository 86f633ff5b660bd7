using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Phoenix.Deciding;
using Phoenix.Due;
using Phoenix.EventStore;

namespace Phoenix.Coordination;

/// <summary>Lists transactions for operators.</summary>
[StatelessWorker]
internal sealed class TransactionsGrain(WaitingStreams waiting, ILogger<TransactionsGrain> logger) : Grain, ITransactionsGrain
{
    public async Task<TransactionListing> List(TransactionFilter filter)
    {
        if (filter.Limit is < 1 or > 1000) throw new ArgumentException($"A page has 1 to 1,000 entries; found {filter.Limit}.");
        if (filter.OlderThan < TimeSpan.Zero) throw new ArgumentException($"An age is not negative; found {filter.OlderThan}.");
        var which = new WaitingFilter(
            filter.Kind is { } kind ? $"{kind}/" : null, filter.OlderThan, filter.NeedingAttention, PlaceOf(filter.After), filter.Limit);
        try
        {
            var found = await waiting.ListAsync(OpenTransactions.Kind, which);
            return new([.. found.Select(Entry)], found.Count == filter.Limit ? NextOf(found[^1]) : null);
        }
        catch (Exception exception)
        {
            throw Errors.ForCaller(exception, OpenTransactions.Kind.Plural, logger);
        }
    }

    private static OpenTransaction Entry(WaitingStream one)
    {
        var slash = one.Stream.IndexOf('/', StringComparison.Ordinal);
        return new(one.Stream[..slash], one.Stream[(slash + 1)..], one.Since, one.Stopped);
    }

    private static string NextOf(WaitingStream last) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Place(last.Since.UtcTicks, last.Stream)));

    private static WaitingStream PlaceOf(string? after)
    {
        if (after is null) return WaitingStream.First;
        try
        {
            var (ticks, stream) = JsonSerializer.Deserialize<Place>(Convert.FromBase64String(after))!;
            return new(stream, new DateTimeOffset(ticks, TimeSpan.Zero), false);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException or NullReferenceException)
        {
            throw new ArgumentException("The place to go on from is none that a listing gave.");
        }
    }

    private sealed record Place(long Ticks, string Stream);
}
