using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Charges;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class CustomerChargeTests
{
    private static TransactionSpecification<CustomerCharge> Started =>
        TransactionSpecification.For<CustomerCharge>().Start(new ChargeCustomer(["current", "savings"], "shop", 50));

    [Fact]
    public void one_account_is_enough() => Started
        .ThenAsks("take-1", new WithdrawUpTo(50)).Accepts("take-1", 50m)
        .ThenAsks("pay", new Deposit(50)).Accepts("pay", 50m)
        .ThenCompleted(1);

    [Fact]
    public void the_next_account_is_charged_with_what_is_missing() => Started
        .Accepts("take-1", 30m)
        .ThenAsks("take-2", new WithdrawUpTo(20)).Accepts("take-2", 20m)
        .Accepts("pay", 50m)
        .ThenCompleted(2);

    [Fact]
    public void an_account_that_has_nothing_is_passed_over() => Started
        .Rejects("take-1", "insufficient-funds")
        .ThenAsks("take-2", new WithdrawUpTo(50)).Accepts("take-2", 50m)
        .Accepts("pay", 50m)
        .ThenCompleted(2);

    [Fact]
    public void what_was_taken_goes_back_when_all_accounts_do_not_have_enough() => Started
        .Accepts("take-1", 30m).Accepts("take-2", 5m)
        .ThenUndoes("take-2", new Deposit(5)).Accepts("take-2", 5m)
        .ThenUndoes("take-1", new Deposit(30)).Accepts("take-1", 30m)
        .ThenCompensated("not-covered");

    [Fact]
    public void what_was_taken_goes_back_when_nobody_takes_it() => Started
        .Accepts("take-1", 50m).Rejects("pay", "closed")
        .ThenUndoes("take-1", new Deposit(50)).Accepts("take-1", 50m)
        .ThenCompensated("closed");

    [Fact]
    public void a_time_limit_ends_it() => Started
        .Accepts("take-1", 30m)
        .Advance(TimeSpan.FromMinutes(2)).ThenCloses("take-2").Closes("take-2")
        .ThenUndoes("take-1").Accepts("take-1")
        .ThenCompensated(TransactionCodes.TimeLimit);
}
