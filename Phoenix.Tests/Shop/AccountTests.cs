using System.Text.Json;
using CsCheck;
using Phoenix.Dispatch;
using Phoenix.Model;
using Phoenix.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class AccountTests
{
    private static readonly AggregateSpecification<Account> New = AggregateSpecification.For<Account>();
    private static readonly AggregateSpecification<Account> Open = New.Given(new AccountOpened("Ann"), new MoneyDeposited(10));
    private static readonly AggregateSpecification<Account> Closed = New.Given(new AccountOpened("Ann"), new AccountClosed());

    public static TheoryData<decimal> InvalidAmounts => [0m, -1m, -0.01m, 0.001m, 5.125m, 1_000_000_000_000.01m, decimal.MaxValue];

    public static TheoryData<ICommand<IAccountGrain>> CommandsForOpenAccounts =>
        [new Deposit(1), new Withdraw(1), new WithdrawUpTo(1), new ReserveMoney(1), new CloseAccount()];

    [Fact]
    public void the_shop_is_a_sound_domain() => Assert.Contains("shop.account", DomainModel.Of(typeof(Account).Assembly).Aggregates);

    [Fact]
    public void an_account_is_opened() => New
        .When(new OpenAccount("Ann"))
        .ThenEvents(new AccountOpened("Ann"))
        .ThenReply(0m)
        .ThenState(account => account.Status == AccountStatus.Open && account.Owner == "Ann" && account.Balance == 0);

    [Fact]
    public void an_account_is_opened_with_a_deposit() => New
        .When(new OpenAccount("Ann", 25.50m))
        .ThenEvents(new AccountOpened("Ann"), new MoneyDeposited(25.50m))
        .ThenReply(25.50m)
        .ThenState(account => account.Balance == 25.50m);

    [Fact]
    public void an_account_is_not_opened_twice() => Open.When(new OpenAccount("Bob")).ThenRejected("already-open", "The account belongs to Ann already.");

    [Fact]
    public void a_closed_account_is_not_opened_again() => Closed.When(new OpenAccount("Ann")).ThenRejected("closed");

    [Theory]
    [InlineData("-1")]
    [InlineData("0.005")]
    public void an_opening_deposit_is_an_amount_of_money(string deposit) => New
        .When(new OpenAccount("Ann", decimal.Parse(deposit, System.Globalization.CultureInfo.InvariantCulture)))
        .ThenRejected("invalid-amount");

    [Fact]
    public void a_deposit_raises_the_balance() => Open
        .When(new Deposit(5))
        .ThenEvents(new MoneyDeposited(5))
        .ThenReply(15m)
        .ThenState(account => account.Balance == 15);

    [Fact]
    public void what_is_available_is_withdrawn_up_to_an_amount()
    {
        Open.When(new WithdrawUpTo(4)).ThenEvents(new MoneyWithdrawn(4)).ThenReply(4m);
        Open.Given(new MoneyReserved(3)).When(new WithdrawUpTo(12)).ThenEvents(new MoneyWithdrawn(7)).ThenReply(7m);
        Open.Given(new MoneyReserved(10)).When(new WithdrawUpTo(1)).ThenRejected("insufficient-funds");
        Open.When(new WithdrawUpTo(0)).ThenRejected("invalid-amount");
    }

    [Fact]
    public void a_withdrawal_lowers_the_balance() => Open
        .When(new Withdraw(3.25m))
        .ThenEvents(new MoneyWithdrawn(3.25m))
        .ThenReply(6.75m)
        .ThenState(account => account.Balance == 6.75m);

    [Fact]
    public void everything_may_be_withdrawn() => Open.When(new Withdraw(10)).ThenReply(0m);

    [Fact]
    public void an_account_is_never_overdrawn() => Open
        .When(new Withdraw(10.01m))
        .ThenRejected("insufficient-funds", "The balance 10 is below 10.01.")
        .ThenState(account => account.Balance == 10);

    [Theory]
    [MemberData(nameof(InvalidAmounts))]
    public void amounts_are_above_0_bounded_and_have_two_decimals_at_most(decimal amount)
    {
        Open.When(new Deposit(amount)).ThenRejected("invalid-amount");
        Open.When(new Withdraw(amount)).ThenRejected("invalid-amount");
        Open.When(new ReserveMoney(amount)).ThenRejected("invalid-amount");
        Open.When(new PayReserved(amount)).ThenRejected("invalid-amount");
        Open.When(new ReleaseReserved(amount)).ThenRejected("invalid-amount");
    }

    [Fact]
    public void trailing_zeros_are_no_decimals() => Open.When(new Deposit(1.1000m)).ThenAccepted();

    [Theory]
    [MemberData(nameof(CommandsForOpenAccounts))]
    public void an_account_that_was_never_opened_does_nothing(ICommand<IAccountGrain> command) => New.When(command).ThenRejected("not-open");

    [Theory]
    [MemberData(nameof(CommandsForOpenAccounts))]
    public void a_closed_account_does_nothing(ICommand<IAccountGrain> command) => Closed.When(command).ThenRejected("closed");

    [Fact]
    public void an_empty_account_is_closed() => Open
        .When(new Withdraw(10))
        .When(new CloseAccount())
        .ThenEvents(new AccountClosed())
        .ThenState(account => account.Status == AccountStatus.Closed);

    [Fact]
    public void an_account_with_money_is_not_closed() => Open.When(new CloseAccount()).ThenRejected("balance-not-zero");

    [Fact]
    public void reserved_money_stays_in_the_account_and_cannot_be_spent() => Open
        .When(new ReserveMoney(6))
        .ThenEvents(new MoneyReserved(6))
        .ThenReply(4m)
        .ThenState(account => account is { Balance: 10, Reserved: 6 })
        .When(new Withdraw(5))
        .ThenRejected("insufficient-funds", "The balance 10, of which 6 is reserved, is below 5.")
        .When(new ReserveMoney(4.01m))
        .ThenRejected("insufficient-funds")
        .When(new ReserveMoney(4))
        .ThenReply(0m);

    [Fact]
    public void reserved_money_is_paid() => Open
        .When(new ReserveMoney(6))
        .When(new PayReserved(6))
        .ThenEvents(new ReservedMoneyPaid(6))
        .ThenReply(4m)
        .ThenState(account => account is { Balance: 4, Reserved: 0 });

    [Fact]
    public void reserved_money_is_released() => Open
        .When(new ReserveMoney(6))
        .When(new ReleaseReserved(6))
        .ThenEvents(new ReservedMoneyReleased(6))
        .ThenReply(10m)
        .ThenState(account => account is { Balance: 10, Reserved: 0 });

    [Fact]
    public void what_is_not_reserved_is_neither_paid_nor_released()
    {
        var some = Open.When(new ReserveMoney(6));
        some.When(new PayReserved(6.01m)).ThenRejected("not-reserved", "6 is reserved, not 6.01.");
        some.When(new ReleaseReserved(7)).ThenRejected("not-reserved");
    }

    [Fact]
    public void an_account_that_was_stored_before_there_were_reservations_has_none() =>
        Assert.Equal(0, JsonSerializer.Deserialize<Account>("""{"status":"Open","owner":"Ann","balance":10}""", PhoenixJson.State)!.Reserved);

    [Fact]
    public void an_account_shows_itself()
    {
        New.WithId("A-1").Ask(new GetAccount()).ThenAnswer(new AccountView("A-1", AccountStatus.NotOpen, null, 0, 0));
        Open.WithId("A-1").Ask(new GetAccount()).ThenAnswer(new AccountView("A-1", AccountStatus.Open, "Ann", 10, 2));
        Closed.WithId("A-1").Ask(new GetAccount()).ThenAnswer(new AccountView("A-1", AccountStatus.Closed, "Ann", 0, 2));
    }

    [Fact]
    public void money_is_conserved_by_any_sequence_of_commands()
    {
        var amount = Gen.Int[-500, 20_000].Select(cents => cents / 100m);
        var command = Gen.OneOf(
            amount.Select(value => (ICommand<IAccountGrain>)new Deposit(value)),
            amount.Select(value => (ICommand<IAccountGrain>)new Withdraw(value)),
            amount.Select(value => (ICommand<IAccountGrain>)new ReserveMoney(value)),
            amount.Select(value => (ICommand<IAccountGrain>)new PayReserved(value)),
            amount.Select(value => (ICommand<IAccountGrain>)new ReleaseReserved(value)),
            Gen.Const((ICommand<IAccountGrain>)new CloseAccount()));
        command.Array[0, 30].Sample(commands =>
        {
            var (account, model, balance) = (new Account(), AggregateModel.Of(typeof(Account)), 0m);
            model.Apply(account, new AccountOpened("Ann"));
            foreach (var next in commands)
            {
                var decision = next switch
                {
                    Deposit deposit => account.Handle(deposit),
                    Withdraw withdraw => account.Handle(withdraw),
                    ReserveMoney reserve => account.Handle(reserve),
                    PayReserved pay => account.Handle(pay),
                    ReleaseReserved release => account.Handle(release),
                    _ => account.Handle((CloseAccount)next),
                };
                foreach (var @event in decision.Events)
                {
                    balance += @event switch { MoneyDeposited deposited => deposited.Amount, MoneyWithdrawn withdrawn => -withdrawn.Amount,
                        ReservedMoneyPaid paid => -paid.Amount, _ => 0 };
                    model.Apply(account, @event);
                }
            }

            return account.Balance == balance && balance >= account.Reserved && account.Reserved >= 0
                && (account.Status == AccountStatus.Open || balance == 0);
        });
    }
}
