using Phoenix.Dispatch;
using Phoenix.TestKit;
using Phoenix.Tests.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The snippets of docs/guides/testing-aggregates.md.</summary>
public sealed class TestingAggregatesGuide
{
    #region deposit
    [Fact]
    public void a_deposit_raises_the_balance() => AggregateSpecification.For<Account>()
        .Given(new AccountOpened("Ann"), new MoneyDeposited(10))
        .When(new Deposit(5))
        .ThenEvents(new MoneyDeposited(5))
        .ThenReply(15m)
        .ThenState(account => account.Balance == 15);
    #endregion

    #region rejection
    [Fact]
    public void an_account_is_never_overdrawn() => AggregateSpecification.For<Account>()
        .Given(new AccountOpened("Ann"), new MoneyDeposited(10))
        .When(new Withdraw(11))
        .ThenRejected("insufficient-funds")
        .When(new Withdraw(10))
        .ThenReply(0m)
        .Ask(new GetAccount())
        .ThenAnswer(view => view.Balance == 0);
    #endregion

    #region surroundings
    [Fact]
    public void a_booking_uses_the_rate_of_the_day() => AggregateSpecification.For<Meeting>()
        .With<IRates>(new FixedRate(80))
        .At(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero))
        .WithId("board").SentBy("ann").WithHeader("floor", "3")
        .When(new Book("A"))
        .ThenEvent<Booked>(booked => booked.Rate == 80 && booked.Circumstances.Principal == "ann")
        .Advance(TimeSpan.FromHours(1))
        .When(new Book("B"))
        .ThenEvent<Booked>(booked => booked.Time.Hour == 13);
    #endregion

    #region domain
    [Fact]
    public void the_domain_is_sound() => DomainModel.Of(typeof(Account).Assembly);
    #endregion

    private sealed class FixedRate(decimal rate) : IRates
    {
        public Task<decimal> For(string room) => Task.FromResult(rate);
    }
}
