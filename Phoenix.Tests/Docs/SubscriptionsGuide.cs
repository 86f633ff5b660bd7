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
    public void a_payment_that_is_written_twice_has_one_id() => SubscriptionSpecification.For<IncomingPayments>()
        .Given(new ForeignRecord { Headers = [new("ce_id", "p-1"u8.ToArray())] })
        .ThenMessageId("p-1");

    [Fact]
    public void a_payment_without_an_amount_goes_to_the_dead_letters() => SubscriptionSpecification.For<IncomingPayments>()
        .Given("""{"account":"ann"}""")
        .ThenUnusable("missing 'amount'");
    #endregion

    #region test-broadcast
    [Fact]
    public void a_bonus_goes_to_all_accounts_of_the_campaign() => SubscriptionSpecification.For<IncomingPayments>()
        .Given("""{"campaign":"spring","amount":5}""")
        .ThenCommands(IncomingCommand.ToAll("spring", new Deposit(5)));

    [Fact]
    public void a_bonus_for_one_is_for_it_only_if_it_has_joined() => SubscriptionSpecification.For<IncomingPayments>()
        .Given("""{"account":"ann","campaign":"spring","amount":5}""")
        .ThenCommands(IncomingCommand.ToIfTagged("spring", "ann", new Deposit(5)));

    [Fact]
    public void an_account_that_joins_stands_behind_the_tag() => AggregateSpecification.For<Account>()
        .Given(new AccountOpened("Ann"))
        .When(new JoinCampaign("spring")).ThenTagged<IncomingPayments>("spring")
        .When(new LeaveCampaign("spring")).ThenUntagged<IncomingPayments>("spring");
    #endregion
}
