using Phoenix.Publishing;
using Shop.Accounts;

namespace Shop.Publications;

#region publication
/// <summary>Tells others of payments that somebody should look at, in a message of its own, so that the events may change.</summary>
[Publication("shop.large-payments", Aggregates = ["shop.account"], Events = ["shop.money-deposited", "shop.money-withdrawn"])]
public sealed class LargePayments : Publication
{
    private const decimal Large = 10_000;

    /// <inheritdoc/>
    public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published)
    {
        ArgumentNullException.ThrowIfNull(published);
        var amount = published.Event switch
        {
            MoneyDeposited deposited => deposited.Amount,
            MoneyWithdrawn withdrawn => -withdrawn.Amount,
            _ => 0,
        };
        return Math.Abs(amount) < Large ? []
            : [OutgoingMessage.Of(published, "shop.large-payment", new LargePayment(published.AggregateId, amount))];
    }
}

/// <summary>What others get.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Amount">What was paid in; below zero what was taken out.</param>
public sealed record LargePayment(string Account, decimal Amount);
#endregion
