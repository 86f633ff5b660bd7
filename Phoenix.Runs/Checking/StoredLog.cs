namespace Phoenix.Runs.Checking;

/// <summary>What PostgreSQL holds after a run.</summary>
/// <param name="Ledger">Every recorded outcome.</param>
/// <param name="Events">Every event.</param>
/// <param name="Streams">Version of each stream.</param>
/// <param name="Accounts">The read model.</param>
/// <param name="Transfers">The transfers that were started.</param>
/// <param name="Payments">The transfers that standing orders asked for.</param>
/// <param name="Orders">The orders that were placed.</param>
/// <param name="Due">Timers and sends that wait.</param>
internal sealed record StoredLog(
    IReadOnlyList<LedgerEntry> Ledger,
    IReadOnlyList<StoredEntry> Events,
    IReadOnlyDictionary<string, long> Streams,
    IReadOnlyDictionary<string, ProjectedAccount> Accounts,
    IReadOnlyList<StoredTransfer> Transfers,
    IReadOnlyList<StoredPayment> Payments,
    IReadOnlyList<StoredOrder> Orders,
    long Due)
{
    public const string AccountPrefix = "shop.account/";
    public const string ProductPrefix = "shop.product/";
    public const string OrderPrefix = "shop.order/";
    public const string TransferPrefix = "shop.transfer/";
    public const string StandingOrderPrefix = "shop.standing-order/";
    public const string PurchasePrefix = "shop.purchase/";

    /// <summary>How transactions ended, by stream.</summary>
    public IReadOnlyDictionary<string, StoredEnd> Ends { get; init; } = new Dictionary<string, StoredEnd>();

    /// <summary>The purchases that were started, and how they ended; null while they have not.</summary>
    public IReadOnlyDictionary<string, bool?> Purchases { get; init; } = new Dictionary<string, bool?>();

    /// <summary>What the warehouse holds, which is another service.</summary>
    public StoredWarehouse Warehouse { get; init; } = new("", [], []);
}

/// <summary>A ledger row.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="CommandId">The command's id as it was sent.</param>
/// <param name="IsAccepted">Accepted or rejected.</param>
/// <param name="Code">Why it was rejected.</param>
/// <param name="Before">Version before.</param>
/// <param name="After">Version after.</param>
/// <param name="Reply">The reply's value as JSON.</param>
/// <param name="Source">What it came from, as stored.</param>
internal sealed record LedgerEntry(
    string Stream, string CommandId, bool IsAccepted, string? Code, long Before, long After, string? Reply, string? Source);

/// <summary>An event.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="CommandId">The command that caused it.</param>
/// <param name="Change">What it does to the balance, or to the pieces on the shelf.</param>
internal sealed record StoredEntry(string Stream, long Version, string CommandId, decimal Change);

/// <summary>An account in the read model.</summary>
/// <param name="Balance">Its balance.</param>
/// <param name="Version">The last version it has seen.</param>
internal sealed record ProjectedAccount(decimal Balance, long Version);

/// <summary>A transfer.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Completed">How it ended; null while it has not.</param>
internal sealed record StoredTransfer(string Stream, bool? Completed);

/// <summary>An order.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Completed">How it ended; null while it has not.</param>
internal sealed record StoredOrder(string Stream, bool? Completed);

/// <summary>A payment of a standing order.</summary>
/// <param name="Order">The order's id.</param>
/// <param name="Number">Which, from 1.</param>
internal sealed record StoredPayment(string Order, int Number)
{
    /// <summary>The stream of the transfer that it asks for.</summary>
    public string Transfer => $"{StoredLog.TransferPrefix}{Order}-{Number}";
}

/// <summary>The end of a transaction.</summary>
/// <param name="Completed">Completed or undone.</param>
/// <param name="Code">Why it was undone.</param>
/// <param name="Reply">Its reply value as JSON.</param>
internal sealed record StoredEnd(bool Completed, string? Code, string? Reply);

/// <summary>What the other service holds.</summary>
/// <param name="ShopPrefix">The first part of the names of the shop's topics, by which it knows the shop.</param>
/// <param name="Ledger">Every recorded outcome.</param>
/// <param name="Events">Every event; those of goods with the pieces.</param>
internal sealed record StoredWarehouse(string ShopPrefix, IReadOnlyList<LedgerEntry> Ledger, IReadOnlyList<StoredEntry> Events)
{
    public const string GoodsPrefix = "warehouse.goods/";
}
