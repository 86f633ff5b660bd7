using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Products;
using Shop.Shipments;

namespace Shop.Orders;

/// <summary>
/// Takes the pieces off the shelf, sets the money aside and sends the parcel. When the parcel is on its way the money is paid; when it
/// cannot be sent the money is
/// available again and the pieces are put back.
/// </summary>
public sealed class OrderPlacement : Saga<IOrderGrain>
{
    /// <summary>The steps of an order.</summary>
    #region plan
    public static Plan Handle(PlaceOrder order) => InOrder(
        Step("stock", order.Product, new TakeStock(order.Quantity)).Undo(new AddStock(order.Quantity)),
        Step("pay", order.Account, new ReserveMoney(order.Price)).Confirm(new PayReserved(order.Price))
        .Cancel(new ReleaseReserved(order.Price)),
        Step("ship", order.Shipment, new Ship(order.Product, order.Quantity, order.Country)));
    #endregion
}
