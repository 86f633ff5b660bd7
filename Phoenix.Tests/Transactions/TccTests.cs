using Phoenix.Model;
using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Tries that are confirmed or cancelled, alone and among saga steps, and what a person may do about them.</summary>
public sealed class TccTests
{
    private static TransactionSpecification<Purchase> Together => TransactionSpecification.For<Purchase>().Start(new BuyTogether());
    private static TransactionSpecification<Purchase> Mixed => TransactionSpecification.For<Purchase>().Start(new BuyWithPivot());
    private static TransactionSpecification<Purchase> Tried => Together.Accepts("ann", 1m).Accepts("bob", 2m);

    [Fact]
    public void all_tries_accepted_means_confirm_and_confirms_go_at_once() => Tried
        .ThenConfirms("ann", new PayReserved(5)).ThenConfirms("bob", new PayReserved(2))
        .Accepts("bob").Accepts("ann")
        .ThenCompleted();

    [Fact]
    public void it_is_not_completed_before_the_last_confirm()
    {
        var purchase = Tried.Accepts("ann");
        Assert.Throws<SpecificationException>(() => purchase.ThenCompleted());
        purchase.ThenConfirms("bob").Accepts("bob").ThenCompleted();
    }

    [Fact]
    public void one_try_rejected_means_cancel_of_what_was_accepted_only() => Together
        .Accepts("ann", 1m).Rejects("bob", "insufficient-funds")
        .ThenCancels("ann", new ReleaseReserved(5)).Accepts("ann")
        .ThenCompensated("insufficient-funds");

    [Fact]
    public void a_try_that_does_not_answer_is_closed_and_not_cancelled() => Together
        .Accepts("ann", 1m).Advance(TimeSpan.FromMinutes(1))
        .ThenCloses("bob").Closes("bob")
        .ThenCancels("ann").Accepts("ann")
        .ThenCompensated(TransactionCodes.TimeLimit);

    [Fact]
    public void a_try_that_was_accepted_before_it_could_be_closed_is_confirmed_when_it_was_the_last() => Together
        .Accepts("ann", 1m).TurnBack()
        .ThenCloses("bob").Accepts("bob", 2m)
        .ThenConfirms("ann").ThenConfirms("bob").Accepts("ann").Accepts("bob")
        .ThenCompleted();

    [Fact]
    public void nobody_turns_back_what_is_being_confirmed_and_no_time_limit_ends_it() => Tried
        .TurnBack().Advance(TimeSpan.FromDays(1))
        .ThenConfirms("ann").ThenConfirms("bob").Accepts("ann").Accepts("bob")
        .ThenCompleted();

    [Fact]
    public void confirms_wait_for_the_pivot_and_come_before_what_follows_it() => Mixed
        .ThenAsks("ann").Accepts("ann", 1m)
        .ThenAsks("gift", new Deposit(1)).Accepts("gift")
        .ThenAsks("pivot").Accepts("pivot", 7m)
        .ThenConfirms("ann", new PayReserved(7)).Accepts("ann")
        .ThenAsks("after").Accepts("after")
        .ThenCompleted();

    [Fact]
    public void a_rejected_pivot_cancels_and_undoes() => Mixed
        .Accepts("ann", 1m).Accepts("gift").Rejects("pivot", "no")
        .ThenCancels("ann", new ReleaseReserved(1)).ThenUndoes("gift")
        .Accepts("gift").Accepts("ann")
        .ThenCompensated("no");

    [Fact]
    public void a_confirm_that_is_refused_needs_a_person_and_goes_on_when_it_is_resumed() => Refused()
        .ThenNeedsAttention("closed")
        .Resume().ThenConfirms("ann").Accepts("ann")
        .ThenCompleted();

    [Fact]
    public void a_confirm_that_is_skipped_completes_without_it()
    {
        var purchase = Refused();
        Assert.Contains("what needs attention is the confirm of the step 'ann'", Assert.Throws<SpecificationException>(
            () => purchase.Skip("ann", StepPhase.Do)).Message, StringComparison.Ordinal);
        purchase.Skip("ann", StepPhase.Confirm).ThenCompleted();
    }

    [Fact]
    public void a_cancel_that_is_refused_needs_a_person_and_is_resumed_or_skipped()
    {
        RefusedCancel().ThenNeedsAttention("closed").Resume().ThenCancels("ann").Accepts("ann").ThenCompensated("no");
        RefusedCancel().Skip("ann", StepPhase.Cancel).ThenCompensated("no");
    }

    [Fact]
    public void what_only_failed_is_closed_when_it_is_skipped_because_it_could_still_come()
    {
        var purchase = Tried.Accepts("bob");
        for (var attempt = 0; attempt < 10; attempt++) purchase.Fails("ann").Advance(TimeSpan.FromMinutes(1));
        purchase.ThenNeedsAttention("handler-failed").Skip("ann", StepPhase.Confirm)
            .ThenCloses("ann").Closes("ann")
            .ThenCompleted();
    }

    private static TransactionSpecification<Purchase> Refused()
    {
        var purchase = Tried.Accepts("bob");
        for (var round = 0; round < 10; round++) purchase.Rejects("ann", "closed").Advance(TimeSpan.FromMinutes(1));
        return purchase;
    }

    private static TransactionSpecification<Purchase> RefusedCancel()
    {
        var purchase = Together.Accepts("ann", 1m).Rejects("bob", "no");
        for (var round = 0; round < 10; round++) purchase.Rejects("ann", "closed").Advance(TimeSpan.FromMinutes(1));
        return purchase;
    }
}

[Transaction("tests.purchase")] public interface IPurchaseGrain : ITransactionGrain;

[Command("tests.buy-together")] public sealed record BuyTogether : ICommand<IPurchaseGrain>;

[Command("tests.buy-with-pivot")] public sealed record BuyWithPivot : ICommand<IPurchaseGrain>;

public sealed class Purchase : Saga<IPurchaseGrain>
{
    public static Plan Handle(BuyTogether buy) => InOrder(Together(
        Step("ann", "ann", new ReserveMoney(5)).Confirm(new PayReserved(5)).Cancel(new ReleaseReserved(5)),
        Step("bob", "bob", new ReserveMoney(5)).Confirm(replies => new PayReserved(replies.Of<decimal>("bob")))
        .Cancel(new ReleaseReserved(5))))
        .Within(TimeSpan.FromMinutes(1));

    public static Plan Handle(BuyWithPivot buy) => InOrder(
        Step("ann", "ann", new ReserveMoney(5))
            .Confirm(replies => new PayReserved(replies.Of<decimal>("pivot")))
                .Cancel(replies => new ReleaseReserved(replies.Of<decimal>("ann"))),
        Step("gift", "bob", new Deposit(1)).Undo(new Withdraw(1)),
        Step("pivot", "bob", new Deposit(2)).Pivot(),
        Step("after", "bob", new Deposit(3)));
}

public sealed class PurchaseGrain : Phoenix.Coordination.SagaGrain<Purchase>, IPurchaseGrain;
