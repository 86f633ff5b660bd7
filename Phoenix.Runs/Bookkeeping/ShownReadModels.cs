using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Client.ReadModels;
using Shop.Orders;

namespace Phoenix.Runs.Bookkeeping;

/// <summary>A row of account-balances.</summary>
internal sealed record BalanceRow(string AccountId, decimal Balance);

/// <summary>A row of orders.</summary>
internal sealed record OrderRow(
    string OrderId, string Account, string Product, int Quantity, decimal Price, string State, DateTimeOffset PlacedAt, DateTimeOffset? SentAt);

/// <summary>A row of product-days.</summary>
internal sealed record ProductDayRow(DateOnly Day, string Product, long Pieces, long Parcels);

/// <summary>The shop's read models as callers of the gateway read them, page by page; held against what the demo did.</summary>
internal sealed record ShownReadModels(
    IReadOnlyList<BalanceRow> Balances, IReadOnlyList<OrderRow> Orders, IReadOnlyList<ProductDayRow> Days)
{
    private const int PageSize = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<ShownReadModels> ReadAsync(Uri gateway, string tokenFile, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddReadModelClient(options => (options.Gateway, options.TokenFile) = (gateway, tokenFile)).BuildServiceProvider();
        var client = services.GetRequiredService<IReadModelClient>();
        return new(
            await AllAsync("account-balances", All<BalanceRow>().OrderByDescending(row => row.Balance)),
            await AllAsync("orders", All<OrderRow>().OrderBy(row => row.PlacedAt)),
            await AllAsync("product-days", All<ProductDayRow>().OrderByDescending(row => row.Day).OrderByDescending(row => row.Pieces)));

        async Task<IReadOnlyList<TRow>> AllAsync<TRow>(string name, ReadModelQuery<TRow> query) where TRow : class =>
            await client.Of<TRow>(name).ListAsync(query, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>What they show that was not done, and what was done that they do not show; each a sentence.</summary>
    /// <param name="accounts">How many accounts were opened.</param>
    /// <param name="money">What is in all of them.</param>
    /// <param name="placed">The orders that were placed.</param>
    /// <param name="completed">How many of them were completed.</param>
    public IEnumerable<string> Differences(int accounts, decimal money, IReadOnlyDictionary<string, PlaceOrder> placed, long completed)
    {
        var total = Balances.Sum(row => row.Balance);
        if ((Balances.Count, total) != (accounts, money))
            yield return Say($"account-balances shows {total} in {Balances.Count} accounts; there are {money} in {accounts}.");
        if (Orders.Count != placed.Count) yield return Say($"orders shows {Orders.Count} orders; {placed.Count} were placed.");
        foreach (var row in Orders)
        {
            if (!placed.TryGetValue(row.OrderId, out var order)
                || (row.Account, row.Product, row.Quantity, row.Price) != (order.Account, order.Product, order.Quantity, order.Price))
                yield return Say($"orders shows {row}; placed was {order?.ToString() ?? "no such order"}.");
            if (row.State is not ("completed" or "compensated") || row.State == "completed" != (row.SentAt is not null))
                yield return Say($"orders shows {row} as {row.State} with a parcel sent at {row.SentAt}.");
        }

        var done = Orders.Where(row => row.State == "completed").ToList();
        if (done.Count != completed) yield return Say($"orders shows {done.Count} completed; {completed} are.");
        foreach (var product in done.Select(row => row.Product).Union(Days.Select(row => row.Product)).Order(StringComparer.Ordinal))
        {
            var (orders, days) = (done.Where(row => row.Product == product).ToList(), Days.Where(row => row.Product == product).ToList());
            var (sent, counted) = ((orders.Sum(row => row.Quantity), orders.Count), (days.Sum(row => row.Pieces), days.Sum(row => row.Parcels)));
            if (sent != counted) yield return Say($"product-days shows {counted} pieces and parcels of {product}; orders sent {sent}.");
        }
    }

    private static ReadModelQuery<TRow> All<TRow>() where TRow : class => new() { PageSize = PageSize, CaughtUpWithin = Patience };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
