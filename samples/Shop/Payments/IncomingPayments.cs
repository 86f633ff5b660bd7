using Phoenix.Subscribing;
using Shop.Accounts;

namespace Shop.Payments;

#region subscription
/// <summary>What the payment service has received for our accounts becomes deposits.</summary>
[Subscription("shop.payments", Topic = "payments")]
public sealed class IncomingPayments : Subscription
{
    /// <summary>A payment that the service writes twice has one id, where it gives one.</summary>
    public override string? MessageId(ForeignRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Header("ce_id");
    }

    /// <inheritdoc/>
    public override IEnumerable<IncomingCommand> Convert(ForeignRecord record)
    {
        // A tombstone says that a payment was forgotten, not that it was taken back.
        if (record.Value is null) yield break;
        var payment = record.Json<Payment>();
        yield return (payment.Account, payment.Campaign) switch
        {
            ({ } account, null) => To(account, new Deposit(payment.Amount)),
            // A bonus goes to every account that has joined the campaign.
            (null, { } campaign) => ToAll(campaign, new Deposit(payment.Amount)),
            // With both it is a bonus for one, if it has joined; otherwise it is nothing.
            ({ } account, { } campaign) => ToIfTagged(campaign, account, new Deposit(payment.Amount)),
            _ => throw new UnusableRecordException("Expected 'account', 'campaign' or both; found none of them."),
        };
    }
}
#endregion
