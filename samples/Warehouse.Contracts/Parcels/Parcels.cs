using Phoenix.Model;

namespace Warehouse.Parcels;

/// <summary>Packs a parcel, which then waits until it is paid; the reply is how often it was packed.</summary>
/// <param name="Country">Where it goes; to some nobody delivers.</param>
[Command("warehouse.pack-parcel")]
public sealed record PackParcel(string Country) : ICommand<IParcelGrain>;

/// <summary>The parcel is paid and leaves the house.</summary>
/// <param name="Amount">What was paid.</param>
[Command("warehouse.hand-over-parcel")]
public sealed record HandOverParcel(decimal Amount) : ICommand<IParcelGrain>;

/// <summary>The parcel was packed.</summary>
/// <param name="Country">Where it goes.</param>
[Event("warehouse.parcel-packed")]
public sealed record ParcelPacked(string Country) : IEvent;

/// <summary>The parcel left the house.</summary>
/// <param name="Amount">What was paid.</param>
[Event("warehouse.parcel-handed-over")]
public sealed record ParcelHandedOver(decimal Amount) : IEvent;

/// <summary>Asks how the parcel stands.</summary>
[Query("warehouse.get-parcel")]
public sealed record GetParcel : IQuery<IParcelGrain, ParcelView>;

/// <summary>A parcel as it looks from outside.</summary>
/// <param name="Packed">How often it was packed.</param>
/// <param name="HandedOver">How often it was handed over.</param>
public sealed record ParcelView(int Packed, int HandedOver);
