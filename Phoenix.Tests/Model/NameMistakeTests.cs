using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

public sealed class NameMistakeTests
{
    [Fact]
    public void an_aggregate_without_name() => Assert.Contains(
        "ILampGrain has no logical name. Put [Aggregate(\"domain.name\")] on it.",
        MistakesIn("public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { }"));

    [Theory]
    [InlineData("Lamp")]
    [InlineData("")]
    [InlineData("1lamp")]
    [InlineData("the lamp")]
    [InlineData("lamp_v2")]
    public void an_aggregate_with_an_invalid_name(string name) => Assert.Contains(
        $"ILampGrain: '{name}' is no logical name. Expected a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes",
        MistakesIn($$"""[Aggregate("{{name}}")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { }"""));

    [Fact]
    public void an_assembly_without_aggregates() => Assert.Contains("Name the assemblies whose classes derive from Phoenix.Model.Aggregate.", MistakesIn("public sealed class Lamp { }"));

    [Fact]
    public void two_aggregates_of_one_name() => Assert.Contains(
        "The aggregate name 'lamp' is used by Lamp and Torch. Names are unique.",
        MistakesIn("""
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { }
            [Aggregate("lamp")] public interface ITorchGrain : IAggregateGrain; public sealed class Torch : Aggregate<ITorchGrain> { }
            """));

    [Theory]
    [InlineData("public sealed record Switch : ICommand<ILampGrain>;", "public Decision Handle(Switch command) => Accept();", "Handle(Switch)", "Command")]
    [InlineData("public sealed record Switched : IEvent;", "public void Apply(Switched @event) { }", "Apply(Switched)", "Event")]
    [InlineData("public sealed record IsOn : IQuery<ILampGrain, bool>;", "public bool Answer(IsOn query) => true;", "Answer(IsOn)", "Query")]
    public void a_message_without_name(string message, string handler, string place, string attribute)
    {
        var mistakes = MistakesIn($$"""{{message}} [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { {{handler}} }""");

        Assert.Contains($"Lamp.{place}: ", mistakes);
        Assert.Contains($"has no logical name. Put [{attribute}(\"domain.name\")] on it.", mistakes);
    }

    [Fact]
    public void an_event_named_as_a_command() => Assert.Contains(
        "Switched has no logical name. Put [Event(\"domain.name\")] on it.",
        MistakesIn("""
            [Command("lamp.switched")] public sealed record Switched : IEvent;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }
            """));

    [Fact]
    public void a_message_with_an_invalid_name() => Assert.Contains(
        "Switched: 'Lamp.Switched' is no logical name.",
        MistakesIn("""
            [Event("Lamp.Switched")] public sealed record Switched : IEvent;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }
            """));

    [Fact]
    public void two_commands_of_one_name() => Assert.Contains(
        "the name 'lamp.switch' belongs to SwitchOn already. Names are unique.",
        MistakesIn("""
            [Command("lamp.switch")] public sealed record SwitchOn : ICommand<ILampGrain>;
            [Command("lamp.switch")] public sealed record SwitchOff : ICommand<ILampGrain>;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain>
            {
                public Decision Handle(SwitchOn command) => Accept();
                public Decision Handle(SwitchOff command) => Accept();
            }
            """));

    [Fact]
    public void two_aggregates_whose_different_events_share_a_name() => Assert.Contains(
        "The event name 'home.switched' is used by LampSwitched and RadioSwitched. Names are unique.",
        MistakesIn("""
            [Event("home.switched")] public sealed record LampSwitched : IEvent;
            [Event("home.switched")] public sealed record RadioSwitched : IEvent;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(LampSwitched @event) { } }
            [Aggregate("radio")] public interface IRadioGrain : IAggregateGrain; public sealed class Radio : Aggregate<IRadioGrain> { public void Apply(RadioSwitched @event) { } }
            """));

    [Fact]
    public void two_versions_of_a_message_share_a_name()
    {
        var lamp = Load("""
            [Event("lamp.switched")] public sealed record Switched : IEvent;
            [Event("lamp.switched", Version = 2)] public sealed record SwitchedTo(bool On) : IEvent;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } public void Apply(SwitchedTo @event) { } }
            """).Aggregates["lamp"];

        Assert.Equal(["lamp.switched", "lamp.switched_v2"], lamp.Events.Keys.Order());
    }

    [Fact]
    public void a_schema_version_below_1() => Assert.Contains(
        "Switched has a schema version below 1; versions count from 1.",
        MistakesIn("""
            [Event("lamp.switched", Version = 0)] public sealed record Switched : IEvent;
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }
            """));

    [Theory]
    [InlineData("public sealed class Lamp : Aggregate<ILampGrain> { private Lamp() { } }")]
    [InlineData("public sealed class Lamp(int watts) : Aggregate<ILampGrain> { public int Watts => watts; }")]
    public void an_aggregate_that_cannot_be_created(string lamp) => Assert.Contains(
        "Lamp needs a public constructor without parameters, and must not be abstract.", MistakesIn($"""[Aggregate("lamp")] public interface ILampGrain : IAggregateGrain; {lamp}"""));

    [Fact]
    public void an_abstract_aggregate_is_a_base_class_and_no_mistake() => Load("""
        [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
        public abstract class Device<TContract> : Aggregate<TContract> where TContract : IAggregateGrain { }
        public sealed class Lamp : Device<ILampGrain> { }
        """);
}
