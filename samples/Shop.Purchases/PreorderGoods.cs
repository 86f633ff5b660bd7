using Phoenix.Model;

namespace Shop.Purchases;

/// <summary>Orders goods of which there are few: they are kept in the warehouse until it is known that the parcel can go.</summary>
/// <param name="Account">The id of the account that pays.</param>
/// <param name="Price">What it costs.</param>
/// <param name="Goods">The id of the goods.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Parcel">The id of the parcel: that of the preorder.</param>
/// <param name="Country">Where it goes.</param>
[Command("shop.preorder-goods")]
public sealed record PreorderGoods(string Account, decimal Price, string Goods, int Quantity, string Parcel, string Country)
    : ICommand<IPreorderGrain>;
