using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>What the timer of a standing order sends: another period has passed.</summary>
[Command("shop.pay-standing-order")]
public sealed record PayStandingOrder : ICommand<IStandingOrderGrain>;
