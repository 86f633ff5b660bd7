namespace Phoenix.Coordination;

/// <summary>How transactions run. Bound from <c>Phoenix:Transactions</c>.</summary>
public sealed class TransactionOptions
{
    /// <summary>
    /// Transactions under way on one silo before further starts are refused with <c>busy</c>; starts over Kafka wait in their topic. Those
    /// that need attention do not count. Transactions that were under way when another silo died are taken up in any case. Default 10,000.
    /// </summary>
    public int MaxUnderWay { get; set; } = 10_000;

    internal IEnumerable<string> Problems()
    {
        if (MaxUnderWay is < 1 or > 1_000_000) yield return $"Phoenix:Transactions:MaxUnderWay is 1 to 1,000,000; found {MaxUnderWay}.";
    }
}
