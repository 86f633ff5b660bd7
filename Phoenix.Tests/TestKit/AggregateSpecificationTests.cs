using Microsoft.Extensions.Time.Testing;
using Phoenix.Messages;
using Phoenix.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>What a specification gives to handlers, and how it goes on.</summary>
public sealed class AggregateSpecificationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AggregateSpecification<Account> Open = AggregateSpecification.For<Account>().Given(new AccountOpened("Ann"), new MoneyDeposited(10));
    private static readonly AggregateSpecification<Meeting> NewMeeting = AggregateSpecification.For<Meeting>().With<IRates>(new Rates(80));

    [Fact]
    public void a_handler_gets_services_time_and_context() => NewMeeting
        .WithId("M-1").SentBy("ann").CorrelatedBy("process-9").WithHeader("floor", "3").At(Noon)
        .When(new Book("A"))
        .ThenEvents(new Booked("A", 80, Noon, new("M-1", "command-1", 0, "ann", "process-9", "3")));

    [Fact]
    public void a_command_may_bring_its_own_options() => NewMeeting
        .WithHeader("floor", "3").CorrelatedBy("process-9").At(Noon)
        .When(new Book("A"), new CommandOptions { CommandId = "c-7", CorrelationId = "process-10", Headers = new Dictionary<string, string> { ["floor"] = "4" } })
        .ThenEvents(new Booked("A", 80, Noon, new("1", "c-7", 0, null, "process-10", "4")));

    [Fact]
    public void each_command_sees_the_state_and_time_left_by_the_one_before() => NewMeeting
        .At(Noon)
        .When(new Book("A"))
        .Advance(TimeSpan.FromHours(1))
        .When(new Book("B"))
        .ThenEvents(new Booked("B", 80, Noon.AddHours(1), new("1", "command-2", 1, null, null, null)))
        .ThenState(meeting => Assert.Equal(["A", "B"], meeting.Rooms))
        .Ask(new GetPrice())
        .ThenAnswer(new Price(160, "EUR"));

    [Fact]
    public void a_clock_of_the_test_may_take_the_place_of_the_specifications() => NewMeeting
        .With<TimeProvider>(new FakeTimeProvider(Noon))
        .When(new Book("A"))
        .ThenEvent<Booked>(booked => booked.Time == Noon);

    [Fact]
    public void a_specification_never_changes_and_can_be_continued_twice()
    {
        Open.When(new Withdraw(10)).ThenReply(0m);
        Open.When(new Withdraw(10)).ThenReply(0m);
    }

    [Fact]
    public void an_acceptance_without_events_may_reply() => NewMeeting
        .When(new Confirm())
        .ThenNothingHappened()
        .ThenReply(new Price(0, "EUR"))
        .ThenReply<Price>(price => price.Amount == 0);

    [Fact]
    public void numbers_are_compared_by_value() => Open.When(new Deposit(5.00m)).ThenEvents(new MoneyDeposited(5)).ThenReply(15);

    [Fact]
    public void a_specification_goes_on_after_an_expected_rejection() => Open
        .When(new Withdraw(11))
        .ThenRejected("insufficient-funds")
        .When(new Withdraw(10))
        .ThenAccepted();

    [Fact]
    public void a_failure_is_a_result() => NewMeeting
        .When(new Misbehave(Misbehaviour.Throw))
        .ThenFails<InvalidOperationException>(failure => failure.Message == "The projector is broken.")
        .ThenState(meeting => meeting.Total == 0)
        .When(new Confirm())
        .ThenAccepted();

    [Fact]
    public void an_event_that_cannot_be_applied_fails_its_command() => NewMeeting
        .When(new Misbehave(Misbehaviour.RaiseEventThatCannotBeApplied))
        .ThenFails<ArithmeticException>();

    [Fact]
    public void a_handler_that_heeds_its_cancellation_fails_at_the_time_limit() => NewMeeting
        .WithTimeLimit(TimeSpan.FromMilliseconds(20))
        .When(new Hang(HeedsCancellation: true))
        .ThenFails<OperationCanceledException>();

    [Fact]
    public void state_can_be_checked_before_any_command() => Open.ThenState(account => account.Balance == 10).When(new CloseAccount()).ThenRejected("balance-not-zero");

    private sealed class Rates(decimal rate) : IRates
    {
        public Task<decimal> For(string room) => Task.FromResult(rate);
    }
}
