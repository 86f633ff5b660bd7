using Phoenix;
using Phoenix.Model;

namespace Warehouse.Parcels;

/// <summary>The address of one parcel; the key is the id of the purchase that it is for.</summary>
[Aggregate("warehouse.parcel")]
public interface IParcelGrain : IAggregateGrain;
