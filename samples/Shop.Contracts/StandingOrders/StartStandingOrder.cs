using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>Moves the same amount of money again and again, first after one period.</summary>
/// <param name="From">The account's id that pays.</param>
/// <param name="To">The account's id that is paid.</param>
/// <param name="Amount">How much; above 0, at most two decimals.</param>
/// <param name="Every">The period; at least a second.</param>
[Command("shop.start-standing-order")]
public sealed record StartStandingOrder(string From, string To, decimal Amount, TimeSpan Every) : ICommand<IStandingOrderGrain>;
