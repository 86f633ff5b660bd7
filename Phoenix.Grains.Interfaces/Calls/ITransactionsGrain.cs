using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix;

/// <summary>All transactions, for operators. Any silo answers; the key is 0.</summary>
[Alias("phoenix.ITransactionsGrain")]
public interface ITransactionsGrain : IGrainWithIntegerKey
{
    /// <summary>Those that have not ended, the oldest first.</summary>
    /// <exception cref="ArgumentException">The limit is not 1 to 1,000, the age is negative, or the place to go on from is none of a
    /// listing before.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("List")]
    Task<TransactionListing> List(TransactionFilter filter);

    /// <summary>Those that have ended, the last first. A transaction is listed here for as long as its stream is kept.</summary>
    /// <exception cref="ArgumentException">The limit is not 1 to 1,000, the age is negative, or the place to go on from is none of a
    /// listing before.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("ListEnded")]
    Task<EndedListing> ListEnded(EndedTransactionFilter filter);
}

/// <summary>Which transactions to list.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.transaction-filter")]
public sealed record TransactionFilter
{
    /// <summary>The logical name of their kind, such as <c>shop.transfer</c>. Null for all.</summary>
    [Id(0)] public string? Kind { get; init; }

    /// <summary>Those that were started longer ago than this. Default: all.</summary>
    [Id(1)] public TimeSpan OlderThan { get; init; }

    /// <summary>Only those that need attention: they do not go on by themselves.</summary>
    [Id(2)] public bool NeedingAttention { get; init; }

    /// <summary>Most entries, 1 to 1,000. Default 100.</summary>
    [Id(3)] public int Limit { get; init; } = 100;

    /// <summary>Where to go on: <see cref="TransactionListing.Next"/> of the page before.</summary>
    [Id(4)] public string? After { get; init; }
}

/// <summary>A page of transactions.</summary>
/// <param name="Transactions">The transactions.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
[GenerateSerializer, Immutable, Alias("phoenix.transaction-listing")]
public sealed record TransactionListing([property: Id(0)] IReadOnlyList<OpenTransaction> Transactions, [property: Id(1)] string? Next);

/// <summary>A transaction that has not ended.</summary>
/// <param name="Kind">The logical name of its kind.</param>
/// <param name="Id">Its id.</param>
/// <param name="StartedAt">When it was started, by the database's clock.</param>
/// <param name="NeedsAttention">Whether it does not go on by itself, as far as is stored: one whose plan no silo knows is told only by its
/// own status.</param>
[GenerateSerializer, Immutable, Alias("phoenix.open-transaction")]
public sealed record OpenTransaction(
    [property: Id(0)] string Kind, [property: Id(1)] string Id, [property: Id(2)] DateTimeOffset StartedAt, [property: Id(3)] bool NeedsAttention);

/// <summary>Which transactions that have ended to list.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.ended-transaction-filter")]
public sealed record EndedTransactionFilter
{
    /// <summary>The logical name of their kind, such as <c>shop.transfer</c>. Null for all.</summary>
    [Id(0)] public string? Kind { get; init; }

    /// <summary>Those that ended longer ago than this. Default: all.</summary>
    [Id(1)] public TimeSpan OlderThan { get; init; }

    /// <summary>Only those that were completed (true), or only those that were compensated (false). Null for both.</summary>
    [Id(2)] public bool? Completed { get; init; }

    /// <summary>Most entries, 1 to 1,000. Default 100.</summary>
    [Id(3)] public int Limit { get; init; } = 100;

    /// <summary>Where to go on: <see cref="EndedListing.Next"/> of the page before.</summary>
    [Id(4)] public string? After { get; init; }
}

/// <summary>A page of transactions that have ended.</summary>
/// <param name="Transactions">The transactions.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
[GenerateSerializer, Immutable, Alias("phoenix.ended-listing")]
public sealed record EndedListing([property: Id(0)] IReadOnlyList<EndedTransaction> Transactions, [property: Id(1)] string? Next);

/// <summary>A transaction that has ended.</summary>
/// <param name="Kind">The logical name of its kind.</param>
/// <param name="Id">Its id.</param>
/// <param name="StartedAt">When it was started, by the database's clock.</param>
/// <param name="EndedAt">When its end was stored, by the database's clock.</param>
/// <param name="State">Completed or compensated.</param>
/// <param name="Code">Why it was compensated; null otherwise.</param>
/// <param name="Message">The same for people.</param>
[GenerateSerializer, Immutable, Alias("phoenix.ended-transaction")]
public sealed record EndedTransaction(
    [property: Id(0)] string Kind, [property: Id(1)] string Id, [property: Id(2)] DateTimeOffset StartedAt,
    [property: Id(3)] DateTimeOffset EndedAt, [property: Id(4)] TransactionState State, [property: Id(5)] string? Code,
    [property: Id(6)] string? Message);
