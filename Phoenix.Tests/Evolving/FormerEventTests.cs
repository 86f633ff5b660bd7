using System.Text;
using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Evolving;
using Phoenix.Tests.Model;
using Xunit;

namespace Phoenix.Tests.Evolving;

/// <summary>What becomes of a stored event on its way to one of today, and what a snapshot's format sees of it.</summary>
public sealed class FormerEventTests
{
    private const string Domain = """
        [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
        [Event("lamp.switched")] public sealed record SwitchedV1(bool On) : IEvent;
        [Event("lamp.switched", Version = 3)] public sealed record SwitchedV3(string State, int Watts) : IEvent;
        [Event("lamp.switched", Version = 4)] public sealed record Switched(string State, int Watts, string By) : IEvent;
        [Event("lamp.switched", Version = 2)] public sealed record SwitchedV2(string State) : IEvent;
        [Event("lamp.dimmed")] public sealed record Dimmed(int Percent) : IEvent;
        public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } public void Apply(Dimmed @event) { } }
        public sealed class LampEvolution : Evolution<Lamp>
        {
            public override int Revision => REVISION;
            protected override void Define()
            {
                Upcast<SwitchedV1, SwitchedV2>(old => new(old.On ? "on" : "off"));
                Upcast("lamp.switched", from: 2, json =>
                    json["watts"] = json["state"]!.GetValue<string>() == "on" ? 60 : throw new InvalidOperationException("Dark."));
                Upcast<SwitchedV3, Switched>(old => old.Watts < 100 ? new(old.State, old.Watts, "nobody") : null!);
                Rename("lamp.turned", to: "lamp.flicked");
                Rename("lamp.flicked", to: "lamp.switched");
                Rename("lamp.lowered", to: "lamp.dimmed");
                Retire("lamp.dusted", versions: 2);
            }
        }
        """;

    private static readonly DomainModel Model = Load(1);
    private static readonly EventEvolution Evolution = Model.Evolution;

    [Theory]
    [InlineData("lamp.switched", """{"on":true}""")]
    [InlineData("lamp.turned", """{"on":true}""")]
    [InlineData("lamp.switched_v2", """{"state":"on"}""")]
    [InlineData("lamp.flicked_v2", """{"state":"on"}""")]
    [InlineData("lamp.switched_v3", """{"watts":60,"state":"on"}""")]
    public void every_version_under_every_name_becomes_the_event_of_today(string stored, string json)
    {
        var former = Evolution.Find(stored)!;
        Assert.Equal("lamp.switched_v4", former.Name);
        Assert.Equal(
            """{"state":"on","watts":60,"by":"nobody"}""", Encoding.UTF8.GetString(former.Rewrite(Encoding.UTF8.GetBytes(json)).Span));
    }

    [Fact]
    public void what_is_renamed_at_its_newest_version_is_read_as_it_is()
    {
        Assert.Empty(Evolution.Find("lamp.lowered")!.Steps);
        Assert.Equal("Dimmed { Percent = 5 }", Read("lamp.lowered", """{"percent":5}""").ToString());
        var switched = Read("lamp.turned_v4", """{"state":"on","watts":1,"by":"ann"}""");
        Assert.Equal("""{"state":"on","watts":1,"by":"ann"}""", JsonSerializer.Serialize(switched, PhoenixJson.State));
    }

    [Theory]
    [InlineData("lamp.switched_v4")]
    [InlineData("lamp.dimmed")]
    [InlineData("lamp.unheard-of")]
    [InlineData("lamp.switched_v5")]
    public void what_is_of_today_or_unknown_goes_another_way(string stored) => Assert.Null(Evolution.Find(stored));

    [Fact]
    public void a_name_of_today_is_looked_up_without_an_allocation()
    {
        Evolution.Find("lamp.dimmed");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            if ((Evolution.Find("lamp.dimmed") ?? EventEvolution.None.Find("lamp.dimmed")) is not null) Assert.Fail("It is of today.");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("lamp.dusted")]
    [InlineData("lamp.dusted_v2")]
    public void a_retired_event_changes_nothing_and_is_not_even_parsed(string stored)
    {
        var read = Read(stored, "no JSON at all");
        Assert.Same(RetiredEvent.Instance, read);
        var lamp = Model.Aggregates["lamp"];
        lamp.Apply(lamp.Create(), read);
        Assert.Null(Evolution.Find("lamp.dusted_v3"));
    }

    [Theory]
    [InlineData("lamp.switched_v2", """{"state":"off"}""", "The upcaster of 'lamp.switched_v2' from version 2 to 3 failed.")]
    [InlineData("lamp.switched_v3", """{"state":"on","watts":100}""", "The upcaster of 'lamp.switched_v3' from version 3 to 4 failed.")]
    [InlineData("lamp.switched_v2", "[]", "An event 'lamp.switched_v2' is no JSON object.")]
    [InlineData("lamp.switched_v2", "null", "An event 'lamp.switched_v2' is no JSON object.")]
    [InlineData("lamp.switched_v3", "null", "An event 'lamp.switched_v3' is null.")]
    public void what_fails_is_told_by_its_step(string stored, string json, string message) =>
        Assert.Equal(message, Assert.Throws<JsonException>(() => Read(stored, json)).Message);

    [Fact]
    public void a_snapshots_format_sees_rules_events_and_revision()
    {
        Assert.Equal(FingerprintOf(Load(1)), FingerprintOf(Model));
        Assert.NotEqual(FingerprintOf(Load(2)), FingerprintOf(Model));
        var unretired = Domain.Replace("Retire(\"lamp.dusted\", versions: 2);", "", StringComparison.Ordinal);
        Assert.NotEqual(FingerprintOf(Load(1, unretired)), FingerprintOf(Model));
        // One event more, of which an older build would not know that the state holds it.
        const string Apply = "public void Apply(Dimmed @event) { }";
        var more = Domain.Replace(Apply, $"{Apply} public void Apply(Lit @event) {{ }}", StringComparison.Ordinal)
            + """[Event("lamp.lit")] public sealed record Lit : IEvent;""";
        Assert.NotEqual(FingerprintOf(Load(1, more)), FingerprintOf(Model));
        Assert.Equal(16, FingerprintOf(Model).Length);
    }

    [Fact]
    public void rules_of_one_aggregate_leave_the_snapshots_of_others_alone()
    {
        const string Radio = """
            [Aggregate("radio")] public interface IRadioGrain : IAggregateGrain;
            [Event("radio.tuned")] public sealed record Tuned : IEvent;
            public sealed class Radio : Aggregate<IRadioGrain> { public void Apply(Tuned @event) { } }
            """;
        Assert.Equal(
            Load(1, Domain + Radio).Aggregates["radio"].SnapshotFingerprint, Load(2, Domain + Radio).Aggregates["radio"].SnapshotFingerprint);
    }

    [Theory]
    [InlineData("lamp.switched", "lamp.switched", 1)]
    [InlineData("lamp.switched_v12", "lamp.switched", 12)]
    [InlineData("lamp_vivid", "lamp_vivid", 1)]
    public void a_stored_name_has_its_version_in_it(string stored, string name, int version)
    {
        Assert.Equal(new StoredName(name, version), StoredName.Of(stored));
        Assert.Equal(stored, StoredName.Of(stored).ToString());
    }

    private static object Read(string stored, string json) => Evolution.Find(stored)!.Read(Encoding.UTF8.GetBytes(json));

    private static string FingerprintOf(DomainModel model) => model.Aggregates["lamp"].SnapshotFingerprint;

    private static DomainModel Load(int revision, string domain = Domain) =>
        SourceDomain.Load(domain.Replace("REVISION", $"{revision}", StringComparison.Ordinal));
}
