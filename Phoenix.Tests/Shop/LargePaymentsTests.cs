using Phoenix.TestKit;
using Shop.Accounts;
using Shop.Publications;
using Xunit;

namespace Phoenix.Tests.Shop;

/// <summary>What the shop tells others of large payments.</summary>
public sealed class LargePaymentsTests
{
    #region specification
    [Fact]
    public void only_large_payments_are_told() => PublicationSpecification.For<LargePayments>()
        .Given<IAccountGrain>(
            "ann", new AccountOpened("Ann"), new MoneyDeposited(9_999.99m), new MoneyDeposited(10_000), new MoneyWithdrawn(12_000))
        .ThenMessage("shop.large-payment", new LargePayment("ann", 10_000), key: "ann")
        .ThenMessage("shop.large-payment", new LargePayment("ann", -12_000))
        .ThenNothing();
    #endregion
}
