using Phoenix.Model;

namespace Shop.Shipments;

/// <summary>Sends a parcel off.</summary>
/// <param name="Product">The product's id.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Country">Where to: the ISO code of a country that somebody delivers to.</param>
[Command("shop.ship")]
public sealed record Ship(string Product, int Quantity, string Country) : ICommand<IShipmentGrain>;
