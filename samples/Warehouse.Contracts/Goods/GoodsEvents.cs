using Phoenix.Model;

namespace Warehouse.Goods;

/// <summary>Pieces came in, or were put back.</summary>
/// <param name="Quantity">How many.</param>
[Event("warehouse.goods-stored")]
public sealed record GoodsStored(int Quantity) : IEvent;

/// <summary>Free pieces were taken away.</summary>
/// <param name="Quantity">How many.</param>
[Event("warehouse.goods-taken")]
public sealed record GoodsTaken(int Quantity) : IEvent;

/// <summary>Pieces are kept for somebody.</summary>
/// <param name="Quantity">How many.</param>
[Event("warehouse.goods-reserved")]
public sealed record GoodsReserved(int Quantity) : IEvent;

/// <summary>Reserved pieces were taken away.</summary>
/// <param name="Quantity">How many.</param>
[Event("warehouse.reserved-taken")]
public sealed record ReservedTaken(int Quantity) : IEvent;

/// <summary>Reserved pieces are free again.</summary>
/// <param name="Quantity">How many.</param>
[Event("warehouse.reserved-freed")]
public sealed record ReservedFreed(int Quantity) : IEvent;
