using Phoenix.Transactions;
using Shop.Accounts;
using Warehouse.Goods;
using Warehouse.Parcels;

namespace Shop.Purchases;

/// <summary>Pays here, and takes and packs the goods at the warehouse, which is another service: or nothing of it.</summary>
public sealed class GoodsPurchase : Saga<IPurchaseGrain>
{
    /// <summary>Goods that were taken are put back when nobody delivers there.</summary>
    #region plan
    public static Plan Handle(BuyGoods order) => InOrder(
        Step("pay", order.Account, new ReserveMoney(order.Price)).Confirm(new PayReserved(order.Price))
        .Cancel(new ReleaseReserved(order.Price)),
        Step("take", order.Goods, new TakeGoods(order.Quantity)).Undo(new StoreGoods(order.Quantity)),
        Step("pack", order.Parcel, new PackParcel(order.Country)));
    #endregion
}
