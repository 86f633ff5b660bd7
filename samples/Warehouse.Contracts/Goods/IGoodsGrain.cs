using Phoenix;
using Phoenix.Model;

namespace Warehouse.Goods;

/// <summary>The address of one kind of goods in the warehouse; the key is its id.</summary>
[Aggregate("warehouse.goods")]
public interface IGoodsGrain : IAggregateGrain;
