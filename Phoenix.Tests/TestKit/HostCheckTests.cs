using Phoenix.TestKit;
using Phoenix.Tests.Model;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>What a host would refuse or lose, a specification refuses.</summary>
public sealed class HostCheckTests
{
    private static readonly AggregateSpecification<Meeting> NewMeeting = AggregateSpecification.For<Meeting>();

    [Fact]
    public void a_handler_that_changes_state() => Says(
        "Phoenix.Tests.TestKit.Meeting.Handle(Misbehave) changed state. Only Apply may, or a replay gives another state:\n  rooms[0]: before nothing, after \"A\"",
        () => NewMeeting.When(new Misbehave(Misbehaviour.ChangeState)));

    [Fact]
    public void a_handler_that_changes_state_and_rejects() => Says(
        "Meeting.Handle(Misbehave) changed state. Only Apply may, or a replay gives another state:\n  total: before 0, after 5",
        () => NewMeeting.When(new Misbehave(Misbehaviour.ChangeStateAndReject)));

    [Fact]
    public void a_query_that_changes_state() => Says("Meeting.Answer(Peek) changed state.", () => NewMeeting.Ask(new Peek(Throws: false)));

    [Fact]
    public void a_query_that_throws() => Says(
        "Meeting.Answer(Peek) failed with System.InvalidOperationException: Nothing to see.", () => NewMeeting.Ask(new Peek(Throws: true)));

    [Fact]
    public void an_event_that_json_changes() => Says(
        "The event Phoenix.Tests.TestKit.Piled does not survive JSON. A host would lose:\n  papers.count: written 2, read back 3",
        () => NewMeeting.When(new Misbehave(Misbehaviour.RaiseEventThatJsonChanges)));

    [Fact]
    public void a_given_event_that_json_changes() => Says(
        "The given event Phoenix.Tests.TestKit.Piled does not survive JSON.", () => NewMeeting.Given(new Piled(new Papers(1))));

    [Fact]
    public void a_command_that_json_changes() => Says(
        "The command Phoenix.Tests.TestKit.Pile does not survive JSON.", () => NewMeeting.When(new Pile(new Papers(1))));

    [Fact]
    public void a_command_without_a_required_member() => Says(
        "The command Shop.Accounts.OpenAccount cannot be written as JSON and read back:", () => AggregateSpecification.For<Account>().When(new OpenAccount(null!)));

    [Fact]
    public void a_given_event_that_cannot_be_applied() => Says(
        "The given event tests.collapsed {} cannot be applied at version 1 of tests.meeting: The table broke.", () => NewMeeting.Given(new Collapsed()));

    [Fact]
    public void a_given_event_of_another_aggregate() => Says(
        "cannot be applied at version 1 of tests.meeting: Phoenix.Tests.TestKit.Meeting has no Apply method for Shop.Accounts.AccountClosed.",
        () => NewMeeting.Given(new AccountClosed()));

    [Fact]
    public void a_service_that_is_not_there() => Says(
        "The handler asks for the service Phoenix.Tests.TestKit.IRates, which the specification does not have. Add .With<IRates>(...) before When.",
        () => NewMeeting.When(new Book("A")));

    [Fact]
    public void a_handler_that_never_returns() => Says(
        "Meeting.Handle(Hang) passed its time limit of 00:00:00.0200000 and ignored its cancellation token.",
        () => NewMeeting.WithTimeLimit(TimeSpan.FromMilliseconds(20)).When(new Hang(HeedsCancellation: false)));

    [Fact]
    public void a_handler_that_returns_null() => Says(
        "Meeting.Handle(Misbehave) returned null. Return Accept(...) or Reject(...).", () => NewMeeting.When(new Misbehave(Misbehaviour.ReturnNull)));

    [Fact]
    public void an_id_that_no_host_takes() => Says("An aggregate id has at least one character.", () => NewMeeting.WithId(""));

    [Fact]
    public void an_event_without_apply() => Says("Bell has no Apply method for Rung. Every event of an aggregate needs a public 'void Apply(Rung @event)'.", () =>
        SourceDomain.Run("""
            [Command("bell.ring")] public sealed record Ring : ICommand<IBellGrain>;
            [Event("bell.rung")] public sealed record Rung : IEvent;
            [Aggregate("bell")] public interface IBellGrain : IAggregateGrain; public sealed class Bell : Aggregate<IBellGrain> { public Decision Handle(Ring command) => Accept(new Rung()); }
            public static class Specification { public static void Run() => AggregateSpecification.For<Bell>().When(new Ring()); }
            """));

    [Fact]
    public void a_command_without_handler() => Says("Bell has no handler for Ring. Add 'public Decision Handle(Ring command)'.", () =>
        SourceDomain.Run("""
            [Command("bell.ring")] public sealed record Ring : ICommand<IBellGrain>;
            [Aggregate("bell")] public interface IBellGrain : IAggregateGrain; public sealed class Bell : Aggregate<IBellGrain> { }
            public static class Specification { public static void Run() => AggregateSpecification.For<Bell>().When(new Ring()); }
            """));

    [Fact]
    public void an_aggregate_that_no_host_would_load() => Assert.Contains("Bell.Count would be lost in a snapshot", Assert.Throws<ModelException>(() =>
        SourceDomain.Run("""
            [Aggregate("bell")] public interface IBellGrain : IAggregateGrain; public sealed class Bell : Aggregate<IBellGrain> { public int Count { get; private set; } }
            public static class Specification { public static void Run() => AggregateSpecification.For<Bell>(); }
            """)).Message);

    private static void Says(string text, Action specification) =>
        Assert.Contains(text, Assert.Throws<SpecificationException>(specification).Message, StringComparison.Ordinal);
}
