using Phoenix;
using Phoenix.Model;

namespace Shop.Shipments;

/// <summary>The address of a shipment; the key is its id.</summary>
[Aggregate("shop.shipment")]
public interface IShipmentGrain : IAggregateGrain;
