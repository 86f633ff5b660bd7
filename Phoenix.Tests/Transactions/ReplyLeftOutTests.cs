using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Charges;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>
/// An answer of another service whose value did not fit its topic: the step is accepted, and only who needs the value is held up.
/// </summary>
public sealed class ReplyLeftOutTests
{
    private static TransactionSpecification<MoneyTransfer> Transfer =>
        TransactionSpecification.For<MoneyTransfer>().Start(new Transfer("ann", "bob", 5));

    private static TransactionSpecification<CustomerCharge> Charge =>
        TransactionSpecification.For<CustomerCharge>().Start(new ChargeCustomer(["current", "savings"], "shop", 50));

    [Fact]
    public void a_reply_that_nobody_needs_holds_up_nothing() => Transfer
        .Accepts("withdraw", 95m)
        .AcceptsWithReplyLeftOut("deposit")
        .ThenCompleted(95m);

    [Fact]
    public void a_step_whose_reply_nobody_needs_is_undone_like_any_other() => Transfer
        .AcceptsWithReplyLeftOut("withdraw")
        .Rejects("deposit", "closed")
        .ThenUndoes("withdraw", new Deposit(5)).AcceptsWithReplyLeftOut("withdraw")
        .ThenCompensated("closed");

    [Fact]
    public void one_that_is_needed_is_asked_for_again_when_somebody_made_room_for_it() => Transfer
        .AcceptsWithReplyLeftOut("withdraw")
        .Accepts("deposit", 5m)
        .ThenNeedsAttention(TransactionCodes.ReplyLeftOut)
        .Resume()
        .ThenAsks("withdraw", new Withdraw(5)).AcceptsWithReplyLeftOut("withdraw")
        .ThenNeedsAttention(TransactionCodes.ReplyLeftOut)
        .Resume()
        .ThenAsks("withdraw", new Withdraw(5)).Accepts("withdraw", 95m)
        .ThenCompleted(95m);

    [Fact]
    public void the_reason_names_the_step_and_the_topic()
    {
        var run = new SagaRun(MoneyTransfer.Handle(new Transfer("ann", "bob", 5)), "shop.transfer/t", DateTimeOffset.UnixEpoch);
        foreach (var step in (string[])["withdraw", "deposit"])
            run.Learn(step, StepPhase.Do, 1, new StepAnswer.Accepted(null, IsReplyLeftOut: true), DateTimeOffset.UnixEpoch);

        var wanted = run.Next(DateTimeOffset.UnixEpoch);

        var attention = Assert.IsType<TransactionNeedsAttention>(wanted.Store);
        Assert.Contains("The step 'withdraw' was accepted", attention.Message, StringComparison.Ordinal);
        Assert.Contains("{prefix}.steps.replies", attention.Message, StringComparison.Ordinal);
        // No fault of the definition: the log of those who wrote it has nothing to say.
        Assert.Null(wanted.Cause);
    }

    [Fact]
    public void a_dynamic_transaction_stores_replies_and_waits_for_each() => Charge
        .AcceptsWithReplyLeftOut("take-1")
        .ThenNeedsAttention(TransactionCodes.ReplyLeftOut)
        .Resume()
        .ThenAsks("take-1", new WithdrawUpTo(50)).Accepts("take-1", 50m)
        .ThenAsks("pay");

    [Fact]
    public void one_that_waits_for_a_reply_can_be_turned_back() => Charge
        .AcceptsWithReplyLeftOut("take-1")
        .TurnBack()
        .Resume()
        .ThenCloses("take-1").Accepts("take-1", 30m)
        .ThenUndoes("take-1", new Deposit(30)).Accepts("take-1", 30m)
        .ThenCompensated(TransactionCodes.TurnedBack);
}
