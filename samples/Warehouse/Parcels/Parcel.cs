using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Warehouse.Parcels;

/// <summary>One parcel. It counts what is done with it and refuses no second time: that there is none is the framework's part.</summary>
public sealed class Parcel : Aggregate<IParcelGrain>
{
    private static readonly string[] Served = ["AT", "CH", "CN", "DE", "FR"];

    /// <summary>How often it was packed.</summary>
    [JsonInclude] public int Packed { get; private set; }

    /// <summary>How often it was handed over.</summary>
    [JsonInclude] public int HandedOver { get; private set; }

    /// <summary>Packs it, if somebody delivers there; replies with how often it was.</summary>
    public Decision Handle(PackParcel command) => Served.Contains(command.Country)
        ? Accept(new ParcelPacked(command.Country)).WithReply(Packed + 1)
        : Reject("undeliverable", $"Nobody delivers to '{command.Country}'; only to {string.Join(", ", Served)}.");

    /// <summary>Hands it over.</summary>
    public Decision Handle(HandOverParcel command) =>
        Packed > 0 ? Accept(new ParcelHandedOver(command.Amount)) : Reject("not-packed", "There is no parcel yet.");

    /// <summary>It is packed.</summary>
    public void Apply(ParcelPacked _) => Packed++;

    /// <summary>It is on its way.</summary>
    public void Apply(ParcelHandedOver _) => HandedOver++;

    /// <summary>How it stands.</summary>
    public ParcelView Answer(GetParcel _) => new(Packed, HandedOver);
}
