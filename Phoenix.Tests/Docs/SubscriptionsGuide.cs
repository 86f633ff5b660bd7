using Phoenix.Subscribing;
using Phoenix.TestKit;
using Shop.Accounts;
using Shop.Payments;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The snippets of docs/guides/subscriptions.md.</summary>
public sealed class SubscriptionsGuide
{
    #region test
    [Fact]
    public void a_payment_becomes_a_deposit() => SubscriptionSpecification.For<IncomingPayments>()
        .Given("""{"account":"ann","amount":5,"currency":"EUR"}""")
        .ThenCommands(IncomingCommand.To("ann", new Deposit(5)));

    [Fact]
    public void a_payment_without_an_amount_goes_to_the_dead_letters() => SubscriptionSpecification.For<IncomingPayments>()
        .Given("""{"account":"ann"}""")
        .ThenUnusable("missing 'amount'");
    #endregion
}
