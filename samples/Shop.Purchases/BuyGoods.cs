using Phoenix.Model;

namespace Shop.Purchases;

/// <summary>Buys goods that the warehouse has.</summary>
/// <param name="Account">The id of the account that pays.</param>
/// <param name="Price">What it costs.</param>
/// <param name="Goods">The id of the goods.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Parcel">The id of the parcel: that of the purchase.</param>
/// <param name="Country">Where it goes.</param>
[Command("shop.buy-goods")]
public sealed record BuyGoods(string Account, decimal Price, string Goods, int Quantity, string Parcel, string Country)
    : ICommand<IPurchaseGrain>;
