using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Shop.Shipments;

/// <summary>One parcel: sent once, and only to where somebody delivers.</summary>
public sealed class Shipment : Aggregate<IShipmentGrain>
{
    private static readonly string[] Served = ["AT", "CH", "CN", "DE", "FR"];

    /// <summary>Whether it is on its way.</summary>
    [JsonInclude] public bool IsSent { get; private set; }

    /// <summary>Sends it off.</summary>
    public Decision Handle(Ship command) =>
        IsSent ? Reject("already-sent", "The parcel is on its way already.")
        : !Served.Contains(command.Country)
            ? Reject("undeliverable", $"Nobody delivers to '{command.Country}'; only to {string.Join(", ", Served)}.")
        : Accept(new ParcelSent(command.Product, command.Quantity, command.Country));

    /// <summary>It is on its way.</summary>
    public void Apply(ParcelSent _) => IsSent = true;
}
