namespace Phoenix.Coordination;

/// <summary>How transactions run. Bound from <c>Phoenix:Transactions</c>.</summary>
public sealed class TransactionOptions
{
    /// <summary>
    /// Transactions under way on one silo before further starts are refused with <c>busy</c>; starts over Kafka wait in their topic. Those
    /// that need attention do not count. Transactions that were under way when another silo died are taken up in any case. Default 10,000.
    /// </summary>
    public int MaxUnderWay { get; set; } = 10_000;

    /// <summary>
    /// The same for one kind, by its logical name, such as <c>shop.transfer</c>: a kind that waits for somebody then leaves places to the
    /// others. Default: only the limit of all.
    /// </summary>
    public IDictionary<string, int> MaxUnderWayOf { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    internal IEnumerable<string> Problems()
    {
        if (MaxUnderWay is < 1 or > 1_000_000) yield return $"Phoenix:Transactions:MaxUnderWay is 1 to 1,000,000; found {MaxUnderWay}.";
        foreach (var (kind, limit) in MaxUnderWayOf.Where(one => one.Value is < 1 or > 1_000_000))
            yield return $"Phoenix:Transactions:MaxUnderWayOf:{kind} is 1 to 1,000,000; found {limit}.";
    }

    /// <summary>Which kinds have a limit and are none of the host's.</summary>
    internal IEnumerable<string> Unknown(IEnumerable<string> transactions)
    {
        var known = transactions.Order().ToList();
        return MaxUnderWayOf.Keys.Except(known).Select(kind =>
            $"Phoenix:Transactions:MaxUnderWayOf names '{kind}', which is no transaction of this host. "
            + $"Its transactions are {string.Join(", ", known)}.");
    }
}
