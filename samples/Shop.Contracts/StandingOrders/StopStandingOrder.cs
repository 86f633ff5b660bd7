using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>Ends the standing order; transfers that it has started go on.</summary>
/// <param name="Reason">Why, for whoever looks at it later.</param>
[Command("shop.stop-standing-order")]
public sealed record StopStandingOrder(string Reason = "asked for") : ICommand<IStandingOrderGrain>;
