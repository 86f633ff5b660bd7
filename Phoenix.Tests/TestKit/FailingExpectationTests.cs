using Phoenix.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>An expectation that does not hold says what was expected, what was found and where they differ.</summary>
public sealed class FailingExpectationTests
{
    private static readonly AggregateSpecification<Account> Open = AggregateSpecification.For<Account>().Given(new AccountOpened("Ann"), new MoneyDeposited(10));
    private static readonly AggregateSpecification<Meeting> NewMeeting = AggregateSpecification.For<Meeting>();

    [Fact]
    public void another_member_of_an_event() => Says(
        """
        shop.deposit {"amount":5}
        Expected: it is accepted with
          1. shop.money-deposited {"amount":6}
        Found: it was accepted with
          1. shop.money-deposited {"amount":5}
        Differences:
          event 1, amount: expected 6, found 5
        State before, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.When(new Deposit(5)).ThenEvents(new MoneyDeposited(6)));

    [Fact]
    public void another_event_and_a_missing_one() => Says(
        """
        shop.deposit {"amount":5}
        Expected: it is accepted with
          1. shop.money-withdrawn {"amount":5}
          2. shop.account-closed {}
        Found: it was accepted with
          1. shop.money-deposited {"amount":5}
        Differences:
          event 1: expected shop.money-withdrawn, found shop.money-deposited
          event 2 is missing: shop.account-closed {}
        State before, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.When(new Deposit(5)).ThenEvents(new MoneyWithdrawn(5), new AccountClosed()));

    [Fact]
    public void one_event_too_many() => Says(
        """
        shop.deposit {"amount":5}
        Expected: it is accepted with
          no events
        Found: it was accepted with
          1. shop.money-deposited {"amount":5}
        Differences:
          event 1 is one too many: shop.money-deposited {"amount":5}
        State before, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.When(new Deposit(5)).ThenEvents());

    [Fact]
    public void a_rejection_where_events_were_expected() => Says(
        """
        shop.withdraw {"amount":11}
        Expected: it is accepted with
          1. shop.money-withdrawn {"amount":11}
        Found: it was rejected with insufficient-funds: The balance 10 is below 11.
        State before, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.When(new Withdraw(11)).ThenEvents(new MoneyWithdrawn(11)));

    [Fact]
    public void another_rejection() => Says(
        """
        shop.withdraw {"amount":11}
        Expected: it is rejected with closed
        Found: it was rejected with insufficient-funds: The balance 10 is below 11.
        State before, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.When(new Withdraw(11)).ThenRejected("closed"));

    [Fact]
    public void a_rejection_with_another_message() => Says(
        "Expected: it is rejected with insufficient-funds: No money.", () => Open.When(new Withdraw(11)).ThenRejected("insufficient-funds", "No money."));

    [Fact]
    public void events_where_a_rejection_was_expected() => Says(
        "Expected: it is rejected with closed\nFound: it was accepted with\n  1. shop.money-deposited", () => Open.When(new Deposit(5)).ThenRejected("closed"));

    [Fact]
    public void events_where_none_were_expected() => Says("Expected: it is accepted without events", () => Open.When(new Deposit(5)).ThenNothingHappened());

    [Fact]
    public void a_condition_on_an_event() => Says(
        "Expected: it is accepted with one MoneyDeposited for which deposited => deposited.Amount > 5",
        () => Open.When(new Deposit(5)).ThenEvent<MoneyDeposited>(deposited => deposited.Amount > 5));

    [Fact]
    public void a_condition_on_state() => Says(
        """
        Expected: a state for which account => account.Balance == 16
        Found, version 3: {"status":"Open","owner":"Ann","balance":15,"reserved":0}
        """,
        () => Open.When(new Deposit(5)).ThenState(account => account.Balance == 16));

    [Fact]
    public void another_reply() => Says("Differences:\n  reply: expected 16, found 15", () => Open.When(new Deposit(5)).ThenReply(16m));

    [Fact]
    public void another_member_of_a_reply() => Says(
        "Differences:\n  reply.currency: expected \"USD\", found \"EUR\"", () => NewMeeting.When(new Confirm()).ThenReply(new Price(0, "USD")));

    [Fact]
    public void a_condition_on_a_reply() => Says(
        "Expected: a reply for which price => price.Amount > 1", () => NewMeeting.When(new Confirm()).ThenReply<Price>(price => price.Amount > 1));

    [Fact]
    public void no_reply_at_all() => Says(
        "reply: expected 1, found null", () => Open.When(new Withdraw(10)).When(new CloseAccount()).ThenReply(1));

    [Fact]
    public void another_answer() => Says(
        """
        shop.get-account {}
        Expected: {"id":"1","status":"Open","owner":"Bob","balance":10,"version":2,"reserved":0}
        Found: {"id":"1","status":"Open","owner":"Ann","balance":10,"version":2,"reserved":0}
        Differences:
          owner: expected "Bob", found "Ann"
        State, version 2: {"status":"Open","owner":"Ann","balance":10,"reserved":0}
        """,
        () => Open.Ask(new GetAccount()).ThenAnswer(new AccountView("1", AccountStatus.Open, "Bob", 10, 2)));

    [Fact]
    public void a_condition_on_an_answer() => Says(
        "Expected: an answer for which view => view.Balance == 11", () => Open.Ask(new GetAccount()).ThenAnswer(view => view.Balance == 11));

    [Fact]
    public void a_failure_where_events_were_expected()
    {
        var error = Says(
            "Found: it failed with System.InvalidOperationException: The projector is broken.", () => NewMeeting.When(new Misbehave(Misbehaviour.Throw)).ThenAccepted());

        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    [Fact]
    public void a_success_where_a_failure_was_expected() => Says(
        "Expected: it fails with System.TimeoutException", () => NewMeeting.When(new Confirm()).ThenFails<TimeoutException>());

    [Fact]
    public void a_rejection_in_the_middle_that_nobody_expected() => Says(
        "Expected: it is accepted, since the specification goes on; say ThenRejected or ThenFails if this end is meant\nFound: it was rejected with insufficient-funds",
        () => Open.When(new Withdraw(11)).When(new Withdraw(1)));

    private static SpecificationException Says(string text, Action specification)
    {
        var error = Assert.Throws<SpecificationException>(specification);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        return error;
    }
}
