using Phoenix.TestKit;
using Shop.Shipments;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class ShipmentTests
{
    private static readonly AggregateSpecification<Shipment> New = AggregateSpecification.For<Shipment>();

    [Fact]
    public void a_parcel_is_sent() =>
        New.When(new Ship("tea", 2, "FR")).ThenEvents(new ParcelSent("tea", 2, "FR")).ThenState(shipment => shipment.IsSent);

    [Fact]
    public void a_parcel_is_sent_once() =>
        New.Given(new ParcelSent("tea", 2, "FR")).When(new Ship("tea", 2, "FR")).ThenRejected("already-sent");

    [Fact]
    public void nobody_delivers_to_some_countries() => New.When(new Ship("tea", 2, "AQ")).ThenRejected("undeliverable");
}
