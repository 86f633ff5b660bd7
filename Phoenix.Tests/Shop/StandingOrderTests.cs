using Phoenix.TestKit;
using Shop.StandingOrders;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Shop;

/// <summary>The rules of standing orders: a timer whose deliveries start transfers.</summary>
public sealed class StandingOrderTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static DecidedSpecification<StandingOrder> Started => AggregateSpecification.For<StandingOrder>().WithId("rent")
        .When(new StartStandingOrder("ann", "bob", 20, Day)).ThenAccepted();

    [Fact]
    public void it_pays_in_every_period() => Started
        .ThenEvery("pay", Day, new PayStandingOrder())
        .Advance(Day * 3)
        .ThenEvents(new StandingOrderPaid(1), new StandingOrderPaid(2), new StandingOrderPaid(3))
        .ThenSent("rent-3", new Transfer("ann", "bob", 20))
        .ThenState(order => order.Paid == 3);

    [Fact]
    public void each_payment_starts_a_transfer_of_its_own() => Started
        .When(new PayStandingOrder()).ThenSent("rent-1", new Transfer("ann", "bob", 20))
        .When(new PayStandingOrder()).ThenSent("rent-2", new Transfer("ann", "bob", 20));

    [Fact]
    public void a_stopped_one_starts_no_more() => Started
        .Advance(Day)
        .When(new StopStandingOrder()).ThenCancelled("pay")
        .Advance(Day * 30).ThenState(order => order.Paid == 1);

    [Fact]
    public void it_is_started_once() => Started.When(new StartStandingOrder("ann", "bob", 20, Day)).ThenRejected("already-started");

    [Fact]
    public void a_period_has_a_shortest_length() => AggregateSpecification.For<StandingOrder>()
        .When(new StartStandingOrder("ann", "bob", 20, TimeSpan.FromMilliseconds(999))).ThenRejected("invalid-period");

    [Fact]
    public void an_amount_is_money() => AggregateSpecification.For<StandingOrder>()
        .When(new StartStandingOrder("ann", "bob", 0.001m, Day)).ThenRejected("invalid-amount");

    [Fact]
    public void what_was_never_started_neither_pays_nor_stops()
    {
        AggregateSpecification.For<StandingOrder>().When(new PayStandingOrder()).ThenRejected("not-running");
        AggregateSpecification.For<StandingOrder>().When(new StopStandingOrder()).ThenRejected("not-running");
    }
}
