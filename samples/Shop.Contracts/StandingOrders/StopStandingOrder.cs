using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>Ends the standing order; transfers that it has started go on.</summary>
[Command("shop.stop-standing-order")]
public sealed record StopStandingOrder : ICommand<IStandingOrderGrain>;
