using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Evolving;
using Phoenix.Model;
using Phoenix.TestKit;
using Shop.StandingOrders;
using Xunit;

namespace Phoenix.Tests.Docs;

[Aggregate("guide.crate")] public interface ICrateGrain : IAggregateGrain;

public sealed class CrateGrain : AggregateGrain<Crate>, ICrateGrain;

public sealed class Crate : Aggregate<ICrateGrain>
{
    [JsonInclude] public Address? To { get; private set; }
    [JsonInclude] public int Grams { get; private set; }

    public void Apply(CratePacked @event) => (To, Grams) = (@event.To, @event.Grams);
}

public sealed record Address(string Street, string City);

#region types
// What is written today.
[Event("guide.crate-packed", Version = 3)] public sealed record CratePacked(Address To, int Grams) : IEvent;

// What was written once. No rule applies it; it is only read.
[Event("guide.crate-packed", Version = 2)] public sealed record CratePackedV2(string Street, string City, int Grams) : IEvent;
#endregion

#region rules
public sealed class CrateEvolution : Evolution<Crate>
{
    // Raised when a rule below gives another result than before.
    public override int Revision => 2;

    protected override void Define()
    {
        // Version 1 had kilograms. JSON to JSON: the old version needs no type.
        Upcast("guide.crate-packed", from: 1, packed =>
        {
            packed["grams"] = (int)(packed["kilograms"]!.GetValue<decimal>() * 1000);
            packed.Remove("kilograms");
        });

        // Type to type: the attributes say from which version to which.
        Upcast<CratePackedV2, CratePacked>(old => new(new(old.Street, old.City), old.Grams));

        // Once it was called otherwise.
        Rename("guide.crate-wrapped", to: "guide.crate-packed");

        // Nothing depends on this any more, and its type is gone.
        Retire("guide.crate-photographed");
    }
}
#endregion

/// <summary>The snippets of docs/guides/evolution.md.</summary>
public sealed class EvolutionGuide
{
    #region samples
    [Fact]
    public void old_events_are_read_as_they_were_meant() =>
        EventSamples.Of<Crate>("Docs/Samples/Crate").ThenAllAreRead();
    #endregion

    #region stored
    [Fact]
    public void an_order_that_was_stopped_by_an_earlier_build_says_that_it_does_not_know_why() => AggregateSpecification.For<StandingOrder>()
        .GivenStored("shop.standing-order-started", """{"from":"ann","to":"bob","amount":20}""")
        .GivenStored("shop.standing-order-stopped", "{}")
        .ThenState(order => order.StoppedBecause == "not told");
    #endregion

    [Fact]
    public void samples_of_the_shop_are_whole() => EventSamples.Of<StandingOrder>("Shop/Samples/StandingOrder").ThenNoneIsMissing();
}
