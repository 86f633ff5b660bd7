using Phoenix.Aggregates;

namespace Shop.StandingOrders;

/// <summary>The standing order's grain.</summary>
public sealed class StandingOrderGrain : AggregateGrain<StandingOrder>, IStandingOrderGrain;
