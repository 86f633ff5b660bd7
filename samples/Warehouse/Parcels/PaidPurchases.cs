using Phoenix.Subscribing;

namespace Warehouse.Parcels;

#region subscription
/// <summary>
/// What the shop publishes of its accounts. Money that was paid for a purchase lets its parcel go: each message has one effect, however
/// often the shop sends it.
/// </summary>
[Subscription("warehouse.paid-purchases", Topic = "shop.shop.account.events")]
public sealed class PaidPurchases : Subscription
{
    private static readonly string[] Purchases = ["shop.purchase/", "shop.preorder/"];

    /// <summary>The shop may send a message again, after a crash: it has the same id then.</summary>
    public override string? MessageId(ForeignRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Header("ce_id");
    }

    /// <inheritdoc/>
    public override IEnumerable<IncomingCommand> Convert(ForeignRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        // The correlation of what a transaction does is the transaction.
        if (record.Header("ce_type") != "shop.reserved-money-paid" || record.Header("correlationid") is not { } purchase) yield break;
        if (Array.Find(Purchases, kind => purchase.StartsWith(kind, StringComparison.Ordinal)) is not { } prefix) yield break;
        yield return To(purchase[prefix.Length..], new HandOverParcel(record.Json<Payment>().Amount));
    }

    // What the warehouse needs of the shop's event.
    private sealed record Payment(decimal Amount);
}
#endregion
