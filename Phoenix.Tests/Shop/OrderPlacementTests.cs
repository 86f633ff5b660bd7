using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;
using Shop.Shipments;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class OrderPlacementTests
{
    private static TransactionSpecification<OrderPlacement> Started =>
        TransactionSpecification.For<OrderPlacement>().Start(new PlaceOrder("ann", "tea", 2, 9.80m, "parcel-1", "FR"));

    [Fact]
    public void what_is_sent_is_paid() => Started
        .ThenAsks("stock", new TakeStock(2)).Accepts("stock", 8)
        .ThenAsks("pay", new ReserveMoney(9.80m)).Accepts("pay", 0.20m)
        .ThenAsks("ship", new Ship("tea", 2, "FR")).Accepts("ship")
        .ThenConfirms("pay", new PayReserved(9.80m)).Accepts("pay", 0.20m)
        .ThenCompleted();

    [Fact]
    public void what_cannot_be_sent_is_not_paid_and_goes_back_to_the_shelf() => Started
        .Accepts("stock", 8).Accepts("pay", 0.20m).Rejects("ship", "undeliverable")
        .ThenCancels("pay", new ReleaseReserved(9.80m)).ThenUndoes("stock", new AddStock(2))
        .Accepts("stock", 10).Accepts("pay", 10m)
        .ThenCompensated("undeliverable");

    [Fact]
    public void who_has_no_money_leaves_the_shelf_as_it_was() => Started
        .Accepts("stock", 8).Rejects("pay", "insufficient-funds")
        .ThenUndoes("stock", new AddStock(2)).Accepts("stock", 10)
        .ThenCompensated("insufficient-funds");

    [Fact]
    public void nothing_is_sent_while_the_money_is_not_reserved() => Started.Accepts("stock", 8).TurnBack()
        .ThenCloses("pay").Closes("pay")
        .ThenUndoes("stock").Accepts("stock")
        .ThenCompensated(TransactionCodes.TurnedBack);
}
