using Phoenix.Model;

namespace Shop.Shipments;

/// <summary>A parcel was sent off.</summary>
/// <param name="Product">The product's id.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Country">Where to.</param>
[Event("shop.parcel-sent")]
public sealed record ParcelSent(string Product, int Quantity, string Country) : IEvent;
