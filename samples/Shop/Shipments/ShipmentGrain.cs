using Phoenix.Aggregates;

namespace Shop.Shipments;

/// <summary>The shipment's grain.</summary>
public sealed class ShipmentGrain : AggregateGrain<Shipment>, IShipmentGrain;
