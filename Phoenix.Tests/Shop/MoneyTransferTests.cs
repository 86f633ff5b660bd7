using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class MoneyTransferTests
{
    private static TransactionSpecification<MoneyTransfer> Started => TransactionSpecification.For<MoneyTransfer>().Start(new Transfer("ann", "bob", 5));

    [Fact]
    public void money_moves() => Started
        .ThenAsks("withdraw", new Withdraw(5)).Accepts("withdraw", 95m)
        .ThenAsks("deposit", new Deposit(5)).Accepts("deposit", 5m)
        .ThenCompleted(95m);

    [Fact]
    public void an_account_without_money_ends_it_at_once() => Started
        .Rejects("withdraw", "insufficient-funds")
        .ThenCompensated("insufficient-funds");

    [Fact]
    public void money_that_is_not_taken_goes_back() => Started
        .Accepts("withdraw", 95m)
        .Rejects("deposit", "closed")
        .ThenUndoes("withdraw", new Deposit(5)).Accepts("withdraw", 100m)
        .ThenCompensated("closed");

    [Fact]
    public void who_waits_for_the_end_is_told_it()
    {
        Assert.Null(Started.Accepts("withdraw", 95m).Reply);
        var completed = Started.Accepts("withdraw", 95m).Accepts("deposit", 5m).Reply!;
        var compensated = Started.Rejects("withdraw", "insufficient-funds").Reply!;
        Assert.Equal((TransactionState.Completed, 95m), (completed.State, completed.Reply<decimal>()));
        Assert.Equal((TransactionState.Compensated, "insufficient-funds"), (compensated.State, compensated.Code));
    }

    [Fact]
    public void an_operator_turns_it_back_while_an_account_is_silent() => Started
        .Accepts("withdraw", 95m)
        .TurnBack()
        .ThenCloses("deposit").Closes("deposit")
        .ThenUndoes("withdraw").Accepts("withdraw")
        .ThenCompensated(TransactionCodes.TurnedBack);

    [Fact]
    public void what_was_done_already_stays_done() => Started
        .Accepts("withdraw", 95m)
        .TurnBack()
        .ThenCloses("deposit").Accepts("deposit")
        .ThenCompleted(95m);

    [Fact]
    public void money_that_cannot_go_back_needs_a_person()
    {
        var transfer = Started.Accepts("withdraw", 95m).Rejects("deposit", "closed");
        for (var attempt = 0; attempt < 10; attempt++) transfer.Rejects("withdraw", "closed").Advance(TimeSpan.FromMinutes(1));

        transfer.ThenNeedsAttention("closed").Resume().ThenUndoes("withdraw").Accepts("withdraw").ThenCompensated("closed");
    }
}
