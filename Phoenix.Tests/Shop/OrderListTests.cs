using Phoenix.Tests.Docs;
using Phoenix.Transactions;
using Shop;
using Shop.Orders;
using Shop.Shipments;
using Xunit;

namespace Phoenix.Tests.Shop;

/// <summary>What becomes of an order's row by the events of its transaction and of its parcel.</summary>
[Trait("Category", "Servers")]
public sealed class OrderListTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Row = "select state, code, sent_at is not null, ended_at is not null, version from shop.orders where order_id = 'o-1'";
    private static readonly TransactionStarted Started = new("shop.place-order", System.Text.Json.JsonSerializer.Serialize(
        new PlaceOrder("ann", "tea", 2, 30.5m, "p-1", "FR"), PhoenixJson.Message), 1, "", DateTimeOffset.UnixEpoch);

    private ProjectionFixture _shop = null!;

    public async ValueTask InitializeAsync() => _shop = new(await postgres.NewDatabaseAsync(), new ShopModule());

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    #region given
    [Fact]
    public async Task an_order_that_needs_attention_says_why_until_somebody_resumes_it()
    {
        await _shop.GivenAsync("shop.order/o-1", Started, new TransactionNeedsAttention("ship", StepPhase.Do, "no-answer", "Nobody answers."));
        Assert.Equal(["needs-attention", "no-answer", false, false, 2L], Assert.Single(await _shop.RowsAsync(Row)));

        await _shop.GivenAsync("shop.order/o-1", new TransactionResumed());
        Assert.Equal(["running", null, false, false, 3L], Assert.Single(await _shop.RowsAsync(Row)));
    }
    #endregion

    [Fact]
    public async Task the_parcel_and_the_end_belong_to_the_order_of_their_transaction()
    {
        await _shop.GivenAsync("shop.order/o-1", Started);
        await _shop.GivenAsync("shop.transfer/t-1", Started, new TransactionEnded(true, null, null, null, []));
        await _shop.GivenAsync("shop.shipment/p-9", new ParcelSent("tea", 1, "FR"));
        Assert.Equal(["running", null, false, false, 1L], Assert.Single(await _shop.RowsAsync(Row)));

        await _shop.GivenAsync("shop.shipment/p-1", "shop.order/o-1", [new ParcelSent("tea", 2, "FR")]);
        await _shop.GivenAsync("shop.order/o-1", new TransactionEnded(false, null, "undeliverable", "No.", []));
        Assert.Equal(["compensated", "undeliverable", true, true, 2L], Assert.Single(await _shop.RowsAsync(Row)));
        Assert.Equal([1L], Assert.Single(await _shop.RowsAsync("select count(*) from shop.orders")));
        Assert.Equal(["tea", 3L, 2L], Assert.Single(await _shop.RowsAsync(
            "select product, sum(pieces)::bigint, sum(parcels)::bigint from shop.product_days group by product")));
    }
}
