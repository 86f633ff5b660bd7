using Phoenix.Transactions;
using Shop.Accounts;
using Warehouse.Goods;
using Warehouse.Parcels;

namespace Shop.Purchases;

/// <summary>Money here and goods at the warehouse are reserved at the same time, and both confirmed when the parcel is packed.</summary>
public sealed class Preorder : Saga<IPreorderGrain>
{
    /// <summary>Nobody else gets the goods meanwhile.</summary>
    public static Plan Handle(PreorderGoods order) => InOrder(
        Together(
            Step("pay", order.Account, new ReserveMoney(order.Price))
                .Confirm(new PayReserved(order.Price)).Cancel(new ReleaseReserved(order.Price)),
            Step("goods", order.Goods, new ReserveGoods(order.Quantity))
                .Confirm(new TakeReserved(order.Quantity)).Cancel(new FreeReserved(order.Quantity))),
        Step("pack", order.Parcel, new PackParcel(order.Country)))
        .Within(TimeSpan.FromMinutes(5));
}
