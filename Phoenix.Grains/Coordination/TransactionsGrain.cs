using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Phoenix.Deciding;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>Lists transactions for operators.</summary>
[StatelessWorker]
internal sealed class TransactionsGrain(WaitingStreams waiting, EndedStreams ended, ILogger<TransactionsGrain> logger)
    : Grain, ITransactionsGrain
{
    private static string Plural => OpenTransactions.Kind.Plural;

    public async Task<TransactionListing> List(TransactionFilter filter)
    {
        Check(filter.Limit, filter.OlderThan);
        var after = PageMark.Parse(filter.After) is { } mark ? new WaitingStream(mark.Stream, mark.At, false) : WaitingStream.First;
        var which = new WaitingFilter(PrefixOf(filter.Kind), filter.OlderThan, filter.NeedingAttention, after, filter.Limit);
        var found = await AskAsync(() => waiting.ListAsync(OpenTransactions.Kind, which));
        return new(
            [.. found.Select(Open)], found.Count == filter.Limit ? new PageMark(found[^1].Since, found[^1].Stream).ToString() : null);
    }

    public async Task<EndedListing> ListEnded(EndedTransactionFilter filter)
    {
        Check(filter.Limit, filter.OlderThan);
        (DateTimeOffset, string)? before = PageMark.Parse(filter.After) is { } mark ? (mark.At, mark.Stream) : null;
        var which = new EndedFilter(PrefixOf(filter.Kind), filter.OlderThan, filter.Completed, before, filter.Limit);
        var found = await AskAsync(() => ended.ListAsync(Plural, which));
        return new(
            [.. found.Select(Ended)], found.Count == filter.Limit ? new PageMark(found[^1].Ended, found[^1].Stream).ToString() : null);
    }

    private static void Check(int limit, TimeSpan olderThan)
    {
        if (limit is < 1 or > 1000) throw new ArgumentException($"A page has 1 to 1,000 entries; found {limit}.");
        if (olderThan < TimeSpan.Zero) throw new ArgumentException($"An age is not negative; found {olderThan}.");
    }

    private static string? PrefixOf(string? kind) => kind is null ? null : $"{kind}/";

    private async Task<T> AskAsync<T>(Func<Task<T>> asking)
    {
        try
        {
            return await asking();
        }
        catch (Exception exception)
        {
            throw Errors.ForCaller(exception, Plural, logger);
        }
    }

    private static OpenTransaction Open(WaitingStream one)
    {
        var (kind, id) = PartsOf(one.Stream);
        return new(kind, id, one.Since, one.Stopped);
    }

    private static EndedTransaction Ended(EndedStream one)
    {
        var (kind, id) = PartsOf(one.Stream);
        var state = one.Completed ? TransactionState.Completed : TransactionState.Compensated;
        return new(kind, id, one.Began, one.Ended, state, one.Code, one.Message);
    }

    private static (string Kind, string Id) PartsOf(string stream)
    {
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        return (stream[..slash], stream[(slash + 1)..]);
    }
}
