using Phoenix.Model;

namespace Shop.Orders;

/// <summary>Buys pieces of a product: taken off the shelf, paid for and sent off, or nothing of it.</summary>
/// <param name="Account">The id of the account that pays.</param>
/// <param name="Product">The product's id.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Price">What all of them cost; above 0, at most two decimals.</param>
/// <param name="Shipment">The id of the shipment; a new one.</param>
/// <param name="Country">Where to send them.</param>
[Command("shop.place-order")]
public sealed record PlaceOrder(string Account, string Product, int Quantity, decimal Price, string Shipment, string Country)
    : ICommand<IOrderGrain>;
