using Phoenix.Evolving;

namespace Shop.StandingOrders;

#region evolution
/// <summary>How events of standing orders are read that earlier builds have stored.</summary>
public sealed class StandingOrderEvolution : Evolution<StandingOrder>
{
    /// <inheritdoc/>
    protected override void Define() =>
        // Version 1 had no members.
        Upcast("shop.standing-order-stopped", from: 1, stopped => stopped["reason"] = "not told");
}
#endregion
