using Microsoft.Extensions.DependencyInjection;
using Phoenix.Client.ReadModels;
using Phoenix.EventStore;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Samples;
using Phoenix.Tests.Gateway;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;
using Shop.Shipments;
using Xunit;

namespace Phoenix.Tests.Shop;

/// <summary>The shop's orders and its products by day, from a silo's transactions to a caller's typed rows.</summary>
[Trait("Category", "Servers")]
public sealed class ShopViewsTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    internal static readonly IReadOnlyDictionary<string, PlaceOrder> Placed = new Dictionary<string, PlaceOrder>
    {
        ["o-1"] = new("ann", "tea", 2, 30, "p-1", "FR"),
        ["o-2"] = new("ann", "tea", 1, 12.5m, "p-2", "DE"),
        ["o-3"] = new("bob", "pot", 5, 20, "p-3", "AT"),
        ["o-4"] = new("bob", "pot", 1, 10, "p-4", "AQ"),
        ["o-5"] = new("bob", "tea", 1, 9000, "p-5", "FR"),
        // The parcel of another order.
        ["o-6"] = new("ann", "tea", 1, 1, "p-1", "FR"),
    };

    private string _database = null!;
    private TestSilo _silo = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database);
        foreach (var account in (string[])["ann", "bob"]) await _silo.Grains.GetGrain<IAccountGrain>(account).Execute(new OpenAccount("Ada", 100));
        foreach (var product in (string[])["tea", "pot"]) await _silo.Grains.GetGrain<IProductGrain>(product).Execute(new AddStock(100));
        foreach (var (id, order) in Placed)
        {
            await _silo.Grains.GetGrain<IOrderGrain>(id).Execute(order);
            Assert.True((await _silo.Grains.GetGrain<IOrderGrain>(id).Wait(Limit)).IsEnded);
        }
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task callers_see_what_was_ordered_how_it_ended_and_what_sells()
    {
        // Sent by hand: sold, and no order.
        await _silo.Grains.GetGrain<IShipmentGrain>("p-9").Execute(new Ship("pot", 3, "CH"));
        await using var gateway = await RunningGateway.StartAsync(kafka,
        [
            ("Phoenix:ConnectionString", _database), ("Phoenix:Cluster:Discover", "false"),
            .. ShopReadModels.Settings("phoenix").Select(setting => (setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)),
        ]);
        await using var services = new ServiceCollection().AddReadModelClient(options =>
            (options.Gateway, options.Token) = (gateway.Http.BaseAddress, RunningGateway.Token)).BuildServiceProvider();
        var client = services.GetRequiredService<IReadModelClient>();
        var orders = new ReadModelQuery<OrderRow> { PageSize = 2, CaughtUpWithin = Limit }.OrderBy(row => row.PlacedAt);

        var all = await client.Of<OrderRow>("orders").ListAsync(orders, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(Placed.Keys, all.Select(row => row.OrderId));
        Assert.All(all, row => Assert.Equal(Placed[row.OrderId], new(
            row.Account, row.Product, row.Quantity, row.Price, Placed[row.OrderId].Shipment, Placed[row.OrderId].Country)));
        Assert.Equal(["completed", "completed", "completed", "compensated", "compensated", "compensated"], all.Select(row => row.State));
        Assert.All(all, row => Assert.Equal(row.State == "completed", row.SentAt is not null));

        var sold = orders.Where(row => row.State, Comparison.Equal, "completed").Where(row => row.Account, Comparison.Equal, "ann");
        Assert.Equal(["o-1", "o-2"], await client.Of<OrderRow>("orders").ListAsync(sold, Cancellation)
            .Select(row => row.OrderId).ToListAsync(Cancellation));

        var top = new ReadModelQuery<ProductDayRow> { PageSize = 1, CaughtUpWithin = Limit }
            .OrderByDescending(row => row.Day).OrderByDescending(row => row.Pieces);
        var days = await client.Of<ProductDayRow>("product-days").ListAsync(top, Cancellation).ToListAsync(Cancellation);
        // Midnight may come between.
        Assert.Equal([("pot", 8L, 2L), ("tea", 3L, 2L)], days.GroupBy(row => row.Product)
            .Select(product => (product.Key, product.Sum(row => row.Pieces), product.Sum(row => row.Parcels))).Order());
    }

    [Fact]
    public async Task damage_of_either_is_found_and_mended()
    {
        await Eventually.TrueAsync("the views are current", async () =>
            await Sql.CountAsync(_database, "phoenix.orders where ended_at is not null") == Placed.Count
            && await Sql.ScalarAsync(_database, "select sum(parcels)::bigint from phoenix.product_days") is 3L);
        var upkeep = _silo.Services.GetRequiredService<IProjectionUpkeep>();
        foreach (var (projection, damage) in ((string, string)[])[
            ("orders", "update phoenix.orders set price = 1 where order_id = 'o-1'; delete from phoenix.orders where order_id = 'o-2'"),
            ("product_days", "update phoenix.product_days set pieces = 100 where product = 'tea'; delete from phoenix.product_days where product = 'pot'")])
        {
            Assert.True((await upkeep.VerifyAsync(projection, Cancellation)).IsRight);
            await Sql.ExecuteAsync(_database, damage);
            Assert.Equal(2, (await upkeep.VerifyAsync(projection, Cancellation)).Wrong.Count);
            Assert.Equal(2, (await upkeep.RebuildAsync(projection, Cancellation)).Changed);
            Assert.True((await upkeep.VerifyAsync(projection, Cancellation)).IsRight);
        }
    }
}
