using Phoenix;
using Phoenix.Model;

namespace Shop.StandingOrders;

/// <summary>The address of one standing order; the key is its id.</summary>
[Aggregate("shop.standing-order")]
public interface IStandingOrderGrain : IAggregateGrain;
