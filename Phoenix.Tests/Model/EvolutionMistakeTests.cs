using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

/// <summary>What is wrong with the reading of old events is said when a host starts, all at once.</summary>
public sealed class EvolutionMistakeTests
{
    private const string Lamp = """
        [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
        [Event("lamp.switched", Version = 3)] public sealed record Switched(bool On) : IEvent;
        public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }

        """;

    [Fact]
    public void a_whole_chain_is_no_mistake() => Load(Lamp + """
        [Event("lamp.switched")] public sealed record SwitchedV1 : IEvent;
        [Event("lamp.switched", Version = 2)] public sealed record SwitchedV2(bool On) : IEvent;
        public sealed class LampEvolution : Evolution<Lamp>
        {
            protected override void Define()
            {
                Upcast<SwitchedV1, SwitchedV2>(old => new(true));
                Upcast("lamp.switched", from: 2, json => { });
                Rename("lamp.turned", to: "lamp.switched");
                Retire("lamp.dusted", versions: 2);
            }
        }
        """);

    [Fact]
    public void a_version_that_nothing_reads() => Assert.Contains(
        "'lamp.switched' is of version 3, and nothing reads version 1: stored events of it would break their aggregates. "
        + "Add Upcast(\"lamp.switched\", from: 1, ...) to an Evolution<Lamp>.",
        MistakesIn(Lamp + Rules("""Upcast("lamp.switched", from: 2, json => { });""")));

    [Fact]
    public void a_version_that_was_raised_without_an_upcaster() => Assert.Contains("nothing reads version 2", MistakesIn(Lamp));

    [Fact]
    public void two_upcasters_for_one_step() => Assert.Contains(
        "Rules: there are two upcasters of 'lamp.switched' from version 1. Keep one.",
        MistakesIn(Lamp + Rules("""
            Upcast("lamp.switched", from: 1, json => { });
            Upcast("lamp.switched", from: 1, json => { });
            Upcast("lamp.switched", from: 2, json => { });
            """)));

    [Fact]
    public void two_upcasters_for_one_step_in_two_classes() => Assert.Contains(
        "there are two upcasters of 'lamp.switched' from version 1, the other one in ",
        MistakesIn(Lamp + Rules("""Upcast("lamp.switched", from: 1, json => { });""") + Rules("""
            Upcast("lamp.switched", from: 1, json => { });
            Upcast("lamp.switched", from: 2, json => { });
            """, "More")));

    [Fact]
    public void an_upcaster_of_an_unknown_event() => Assert.Contains(
        "Rules: no aggregate of this host applies an event 'lamp.smashed', so nothing can become of it.",
        MistakesIn(Lamp + Rules(Whole + """Upcast("lamp.smashed", from: 1, json => { });""")));

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void an_upcaster_of_the_newest_version(int from) => Assert.Contains(
        $"Rules: 'lamp.switched' has no version {from + 1} to become; Switched is version 3.",
        MistakesIn(Lamp + Rules(Whole + $$"""Upcast("lamp.switched", from: {{from}}, json => { });""")));

    [Fact]
    public void a_version_below_1() => Assert.Contains(
        "Rules: 'lamp.switched' has no version 0; versions count from 1.",
        MistakesIn(Lamp + Rules(Whole + """Upcast("lamp.switched", from: 0, json => { });""")));

    [Fact]
    public void a_name_with_its_version() => Assert.Contains(
        "Rules: 'lamp.switched_v2' is no logical name of an event. Leave out the version: it is told beside the name.",
        MistakesIn(Lamp + Rules(Whole + """Upcast("lamp.switched_v2", from: 2, json => { });""")));

    [Fact]
    public void a_result_that_is_not_the_next_versions_type() => Assert.Contains(
        "Rules: the upcaster of 'lamp.switched' from version 2 makes Impostor, and version 3 is Switched. Let it make that.",
        MistakesIn(Lamp + """
            [Event("lamp.switched", Version = 2)] public sealed record SwitchedV2 : IEvent;
            [Event("lamp.switched", Version = 3)] public sealed record Impostor : IEvent;
            """ + Rules("""
            Upcast("lamp.switched", from: 1, json => { });
            Upcast<SwitchedV2, Impostor>(old => new());
            """)));

    [Fact]
    public void a_result_that_the_next_upcaster_does_not_take() => Assert.Contains(
        "the upcaster of 'lamp.switched' from version 1 makes Other, and version 2 is SwitchedV2. Let it make that.",
        MistakesIn(Lamp + """
            [Event("lamp.switched")] public sealed record SwitchedV1 : IEvent;
            [Event("lamp.switched", Version = 2)] public sealed record SwitchedV2 : IEvent;
            [Event("lamp.switched", Version = 2)] public sealed record Other : IEvent;
            """ + Rules("""
            Upcast<SwitchedV1, Other>(old => new());
            Upcast<SwitchedV2, Switched>(old => new(true));
            """)));

    [Fact]
    public void an_upcaster_over_two_versions() => Assert.Contains(
        "Rules: Upcast<SwitchedV1, Switched> leads from version 1 to 3. An upcaster leads to the next version; the others follow from it.",
        MistakesIn(Lamp + """[Event("lamp.switched")] public sealed record SwitchedV1 : IEvent;""" + Rules("Upcast<SwitchedV1, Switched>(old => new(true));")));

    [Fact]
    public void an_upcaster_to_another_name() => Assert.Contains(
        "Rules: Upcast<Turned, Switched> leads from 'lamp.turned' to 'lamp.switched'. An upcaster keeps the name: give Turned the name of today, "
        + "and add Rename(\"lamp.turned\", \"lamp.switched\").",
        MistakesIn(Lamp + """[Event("lamp.turned", Version = 2)] public sealed record Turned : IEvent;""" + Rules(Whole + "Upcast<Turned, Switched>(old => new(true));")));

    [Fact]
    public void an_old_type_without_a_name() => Assert.Contains(
        "Old has no logical name. Put [Event(\"domain.name\")] on it.",
        MistakesIn(Lamp + "public sealed record Old : IEvent;" + Rules(Whole + "Upcast<Old, Switched>(old => new(true));")));

    [Fact]
    public void an_old_type_that_rules_still_apply() => Assert.Contains(
        "Rules: version 1 of 'radio.tuned' becomes version 2 when it is read, so nothing calls Radio.Apply(TunedV1). Take one of the two away.",
        MistakesIn("""
            [Aggregate("radio")] public interface IRadioGrain : IAggregateGrain;
            [Event("radio.tuned")] public sealed record TunedV1 : IEvent;
            [Event("radio.tuned", Version = 2)] public sealed record Tuned : IEvent;
            public sealed class Radio : Aggregate<IRadioGrain> { public void Apply(TunedV1 @event) { } public void Apply(Tuned @event) { } }
            public sealed class Rules : Evolution<Radio> { protected override void Define() => Upcast<TunedV1, Tuned>(old => new()); }
            """));

    [Fact]
    public void a_new_name_that_nobody_has() => Assert.Contains(
        "Rules: 'lamp.turned' is renamed to 'lamp.twisted', and no aggregate of this host applies an event of this name.",
        MistakesIn(Lamp + Rules(Whole + """Rename("lamp.turned", to: "lamp.twisted");""")));

    [Fact]
    public void a_name_that_is_renamed_twice() => Assert.Contains(
        "Rules: 'lamp.turned' is renamed twice, to 'lamp.switched' and to 'lamp.twisted'. Keep one.",
        MistakesIn(Lamp + Rules(Whole + """Rename("lamp.turned", to: "lamp.switched"); Rename("lamp.turned", to: "lamp.twisted");""")));

    [Fact]
    public void names_that_are_renamed_in_a_circle() => Assert.Contains(
        "Rules: 'lamp.turned' is renamed in a circle.",
        MistakesIn(Lamp + Rules(Whole + """Rename("lamp.turned", to: "lamp.twisted"); Rename("lamp.twisted", to: "lamp.turned");""")));

    [Theory]
    [InlineData("""Rename("lamp.switched", to: "lamp.dimmed");""", "it is renamed to 'lamp.dimmed', and Switched has it. An old name is never given again.")]
    [InlineData("""Retire("lamp.switched");""", "it is retired, and Switched has it. A retired name is never given again.")]
    public void an_old_name_that_is_given_again(string rule, string why)
    {
        var domain = Lamp.Replace("public void Apply(Switched @event) { }", "public void Apply(Switched @event) { } public void Apply(Dimmed @event) { }", StringComparison.Ordinal)
            + """[Event("lamp.dimmed")] public sealed record Dimmed : IEvent;""";
        Assert.Contains($"Rules: the name 'lamp.switched' is used twice: {why}", MistakesIn(domain + Rules(Whole + rule)));
    }

    [Fact]
    public void a_name_that_is_retired_and_renamed() => Assert.Contains(
        "Rules: the name 'lamp.turned' is used twice: it is retired, and renamed to 'lamp.switched'. Take one of the two away.",
        MistakesIn(Lamp + Rules(Whole + """Rename("lamp.turned", to: "lamp.switched"); Retire("lamp.turned");""")));

    [Fact]
    public void an_upcaster_under_an_old_name() => Assert.Contains(
        "Rules: 'lamp.turned' is called 'lamp.switched' now. Tell its upcasters under that name.",
        MistakesIn(Lamp + Rules(Whole + """Rename("lamp.turned", to: "lamp.switched"); Upcast("lamp.turned", from: 1, json => { });""")));

    [Fact]
    public void rules_that_need_something_from_outside() => Assert.Contains(
        "Rules has no public constructor without parameters.",
        MistakesIn(Lamp + $$"""public sealed class Rules(int year) : Evolution<Lamp> { protected override void Define() { {{Whole}} if (year > 0) return; } }"""));

    [Fact]
    public void rules_that_throw_while_they_are_told() => Assert.Contains(
        "Rules cannot say how events are read: Not today.",
        MistakesIn(Lamp + Rules("""throw new InvalidOperationException("Not today.");""")));

    [Fact]
    public void a_revision_below_1() => Assert.Contains(
        "Rules has the revision 0; revisions count from 1.",
        MistakesIn(Lamp + $$"""public sealed class Rules : Evolution<Lamp> { public override int Revision => 0; protected override void Define() { {{Whole}} } }"""));

    [Fact]
    public void an_event_that_is_only_read_needs_no_apply_and_one_that_is_neither_does() => Assert.Contains(
        "Stray is an event that no aggregate applies.",
        MistakesIn(Lamp + """[Event("lamp.stray")] public sealed record Stray : IEvent;""" + Rules(Whole)));

    [Fact]
    public void everything_is_listed_at_once()
    {
        var mistakes = MistakesIn(Lamp + Rules("""
            Upcast("lamp.smashed", from: 1, json => { });
            Rename("lamp.turned", to: "lamp.twisted");
            Retire("lamp.switched");
            """));

        Assert.StartsWith("5 mistakes in the domain:", mistakes, StringComparison.Ordinal);
    }

    private const string Whole = """
        Upcast("lamp.switched", from: 1, json => { });
        Upcast("lamp.switched", from: 2, json => { });

        """;

    private static string Rules(string body, string name = "Rules") =>
        $$"""public sealed class {{name}} : Evolution<Lamp> { protected override void Define() { {{body}} } }""" + Environment.NewLine;
}
