using Phoenix.Dispatch;
using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

public sealed class HandlerMistakeTests
{
    private const string Messages = """
        [Command("door.open")] public sealed record OpenDoor : ICommand<IDoorGrain>;
        [Event("door.opened")] public sealed record DoorOpened : IEvent;
        [Query("door.look")] public sealed record Look : IQuery<IDoorGrain, string>;

        """;

    private const string Knock = """[Command("door.knock")] public sealed record Knock : ICommand<IDoorGrain>;""";
    private const string IsOpen = """[Query("door.is-open")] public sealed record IsOpen : IQuery<IDoorGrain, bool>;""";
    private const string DoorSlammed = """[Event("door.slammed")] public sealed record DoorSlammed : IEvent;""";

    [Fact]
    public void a_sound_domain_is_loaded()
    {
        var door = Load(Messages + DoorWith("")).Aggregates["door"];

        Assert.Equal(["door.open"], door.Commands.Keys);
        Assert.Equal(["door.opened"], door.Events.Keys);
        Assert.Equal(["door.look"], door.Queries.Keys);
    }

    [Fact]
    public void this_assembly_holds_no_mistake_and_can_be_loaded_as_a_domain_with_the_one_that_its_transactions_need() =>
        Assert.NotEmpty(DomainModel.Of(typeof(HandlerMistakeTests).Assembly, typeof(global::Shop.Accounts.Account).Assembly).Aggregates);

    [Fact]
    public void a_command_without_handler() => Assert.Contains(
        "Knock is a command of IDoorGrain without a handler. Add 'public Decision Handle(Knock command)' to Door.",
        MistakesIn(Messages + Knock + DoorWith("")));

    [Fact]
    public void a_query_without_handler() => Assert.Contains(
        "IsOpen is a query of IDoorGrain without a handler. Add 'public Boolean Answer(IsOpen query)' to Door.",
        MistakesIn(Messages + IsOpen + DoorWith("")));

    [Fact]
    public void an_event_that_nothing_applies() => Assert.Contains(
        "DoorSlammed is an event that no aggregate applies. Add 'public void Apply(DoorSlammed @event)' to its aggregate.",
        MistakesIn(Messages + DoorSlammed + DoorWith("")));

    [Fact]
    public void a_struct_event_that_nothing_applies() => Assert.Contains(
        "DoorSlammed is an event that no aggregate applies.",
        MistakesIn(Messages + "public readonly record struct DoorSlammed : IEvent;" + DoorWith("")));

    [Theory]
    [InlineData("private")]
    [InlineData("internal")]
    [InlineData("protected")]
    public void a_handler_that_is_not_public(string access) => Assert.Contains(
        "Door.Handle(Knock) is not public, so nothing calls it. Make it public.",
        MistakesIn(Messages + Knock + DoorWith($"{access} Decision Handle(Knock command) => Accept();")));

    [Fact]
    public void a_static_handler() => Assert.Contains(
        "Door.Handle(Knock) is static, so nothing calls it.",
        MistakesIn(Messages + Knock + DoorWith("public static Decision Handle(Knock command) => Accept();")));

    [Fact]
    public void a_generic_handler() => Assert.Contains(
        "Door.Apply(T) is generic, so nothing calls it.",
        MistakesIn(Messages + DoorWith("public void Apply<T>(T @event) { }")));

    [Fact]
    public void a_handler_without_parameter() => Assert.Contains("Door.Handle() has no parameter", MistakesIn(Messages + DoorWith("public Decision Handle() => Accept();")));

    [Fact]
    public void a_handler_that_returns_no_decision() => Assert.Contains(
        "Door.Handle(Knock) returns Boolean; expected Decision, Task<Decision> or ValueTask<Decision>.",
        MistakesIn(Messages + Knock + DoorWith("public bool Handle(Knock command) => true;")));

    [Fact]
    public void an_answer_of_another_type() => Assert.Contains(
        "Door.Answer(IsOpen) returns Int32; IsOpen promises Boolean.",
        MistakesIn(Messages + IsOpen + DoorWith("public int Answer(IsOpen query) => 1;")));

    [Fact]
    public void an_apply_that_returns_something() => Assert.Contains(
        "Door.Apply(DoorSlammed) must be 'void Apply(DoorSlammed @event)'",
        MistakesIn(Messages + DoorSlammed + DoorWith("public bool Apply(DoorSlammed @event) => true;")));

    [Fact]
    public void an_apply_with_a_second_parameter() => Assert.Contains(
        "Door.Apply(DoorSlammed, TimeProvider) must be 'void Apply(DoorSlammed @event)'",
        MistakesIn(Messages + DoorSlammed + DoorWith("public void Apply(DoorSlammed @event, TimeProvider time) { }")));

    [Fact]
    public void an_abstract_event() => Assert.Contains(
        "Door.Apply(DoorMoved): DoorMoved is abstract; events are stored and applied by their own type.",
        MistakesIn(Messages + """[Event("door.moved")] public abstract record DoorMoved : IEvent;""" + DoorWith("public void Apply(DoorMoved @event) { }")));

    [Fact]
    public void a_query_handler_with_a_service() => Assert.Contains(
        "Door.Answer(IsOpen, TimeProvider): after the query an Answer method takes at most a QueryContext",
        MistakesIn(Messages + IsOpen + DoorWith("public bool Answer(IsOpen query, TimeProvider time) => true;")));

    [Fact]
    public void a_handler_parameter_that_can_be_no_service() => Assert.Contains(
        "Door.Handle(Knock, Int32): Int32 times is no service",
        MistakesIn(Messages + Knock + DoorWith("public Decision Handle(Knock command, int times) => Accept();")));

    [Fact]
    public void a_second_handler_for_a_command() => Assert.Contains(
        "Door.Handle(OpenDoor, TimeProvider): a second method for OpenDoor. Keep one.",
        MistakesIn(Messages + DoorWith("public Decision Handle(OpenDoor command, TimeProvider time) => Accept();")));

    [Fact]
    public void a_handler_for_the_command_of_another_aggregate() => Assert.Contains(
        "Door.Handle(OpenWindow): OpenWindow is no command of this aggregate; let it implement ICommand<IDoorGrain>.",
        MistakesIn(Messages + """
            [Command("window.open")] public sealed record OpenWindow : ICommand<IWindowGrain>;
            [Aggregate("window")] public interface IWindowGrain : IAggregateGrain; public sealed class Window : Aggregate<IWindowGrain> { public Decision Handle(OpenWindow command) => Accept(); }
            """ + DoorWith("public Decision Handle(OpenWindow command) => Accept();")));

    [Fact]
    public void an_apply_of_something_that_is_no_event() => Assert.Contains(
        "Door.Apply(String): String is no event; let it implement IEvent.",
        MistakesIn(Messages + DoorWith("public void Apply(string @event) { }")));

    [Fact]
    public void an_answer_to_something_that_is_no_query() => Assert.Contains(
        "Door.Answer(String): String is no query of this aggregate; let it implement IQuery<IDoorGrain, TAnswer>.",
        MistakesIn(Messages + DoorWith("public int Answer(string question) => 42;")));

    [Fact]
    public void all_mistakes_are_told_at_once()
    {
        var mistakes = MistakesIn(Messages + DoorWith("public void Apply(string @event) { } private Decision Handle(int command) => Accept();"));

        Assert.StartsWith("2 mistakes in the domain:", mistakes, StringComparison.Ordinal);
        Assert.Contains("Door.Apply(String)", mistakes);
        Assert.Contains("Door.Handle(Int32)", mistakes);
    }

    [Fact]
    public void open_generic_types_are_no_part_of_a_domain() => Load(Messages + DoorWith("") + """
        public sealed record Batch<T>(T Item) : IEvent;
        public sealed class Shelf<T> : Aggregate<IDoorGrain> { }
        """);

    [Fact]
    public void a_class_that_is_no_aggregate() => Assert.Equal(
        $"{typeof(HandlerMistakeTests)} is no aggregate: derive it from Aggregate<TContract>.",
        Assert.Throws<ModelException>(() => AggregateModel.Of(typeof(HandlerMistakeTests))).Message);

    private static string DoorWith(string members) => $$"""

        [Aggregate("door")] public interface IDoorGrain : IAggregateGrain;
        public sealed class Door : Aggregate<IDoorGrain>
        {
            public Decision Handle(OpenDoor command) => Accept(new DoorOpened());
            public void Apply(DoorOpened @event) { }
            public string Answer(Look query) => "a door";
            {{members}}
        }
        """;
}
