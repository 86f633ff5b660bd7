using Phoenix.TestKit;
using Shop.Accounts;
using Shop.Purchases;
using Warehouse.Goods;
using Warehouse.Parcels;
using Xunit;

namespace Phoenix.Tests.Shop;

/// <summary>Steps at another service are tested like those at one's own.</summary>
public sealed class PurchaseTests
{
    #region test-remote
    [Fact]
    public void what_nobody_delivers_goes_back_to_the_warehouse() => TransactionSpecification.For<GoodsPurchase>()
        .Start(new BuyGoods("ann", 9.80m, "tea", 2, "p-1", "AQ"))
        .ThenAsks("pay", new ReserveMoney(9.80m)).Accepts("pay", 0.20m)
        .ThenAsksAt("warehouse", "take", new TakeGoods(2)).Accepts("take", 8)
        .ThenAsksAt("warehouse", "pack", new PackParcel("AQ")).Rejects("pack", "undeliverable")
        .ThenUndoes("take", new StoreGoods(2)).Accepts("take", 10)
        .Accepts("pay", 10m)
        .ThenCompensated("undeliverable");
    #endregion

    [Fact]
    public void a_step_at_home_is_at_no_service()
    {
        var error = Assert.Throws<SpecificationException>(() => TransactionSpecification.For<GoodsPurchase>()
            .Start(new BuyGoods("ann", 9.80m, "tea", 2, "p-1", "FR")).ThenAsksAt("warehouse", "pay"));

        Assert.Contains("'pay' is asked at the service 'warehouse'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void both_tries_go_out_together_and_are_confirmed_together() => TransactionSpecification.For<Preorder>()
        .Start(new PreorderGoods("ann", 9.80m, "tea", 2, "p-1", "FR"))
        .ThenAsks("pay").ThenAsksAt("warehouse", "goods", new ReserveGoods(2)).Accepts("goods", 8).Accepts("pay", 0.20m)
        .Accepts("pack")
        .ThenConfirms("pay", new PayReserved(9.80m)).ThenConfirms("goods", new TakeReserved(2)).Accepts("pay").Accepts("goods")
        .ThenCompleted();
}
