using Phoenix.Aggregates;

namespace Warehouse.Parcels;

/// <summary>The parcel's grain.</summary>
public sealed class ParcelGrain : AggregateGrain<Parcel>, IParcelGrain;
