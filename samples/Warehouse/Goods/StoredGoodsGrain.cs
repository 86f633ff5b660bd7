using Phoenix.Aggregates;

namespace Warehouse.Goods;

/// <summary>The goods' grain.</summary>
public sealed class StoredGoodsGrain : AggregateGrain<StoredGoods>, IGoodsGrain;
