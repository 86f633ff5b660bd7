using Phoenix.Model;

namespace Warehouse.Goods;

/// <summary>Pieces came in; the reply is how many are free.</summary>
/// <param name="Quantity">1 to 1,000,000.</param>
[Command("warehouse.store-goods")]
public sealed record StoreGoods(int Quantity) : ICommand<IGoodsGrain>;

/// <summary>Takes free pieces away; the reply is how many are free then.</summary>
/// <param name="Quantity">At least 1, and no more than are free.</param>
[Command("warehouse.take-goods")]
public sealed record TakeGoods(int Quantity) : ICommand<IGoodsGrain>;

/// <summary>Keeps free pieces for somebody: they stay, and nobody else gets them. The reply is how many are free then.</summary>
/// <param name="Quantity">At least 1, and no more than are free.</param>
[Command("warehouse.reserve-goods")]
public sealed record ReserveGoods(int Quantity) : ICommand<IGoodsGrain>;

/// <summary>Takes reserved pieces away; the reply is how many are free.</summary>
/// <param name="Quantity">No more than are reserved.</param>
[Command("warehouse.take-reserved")]
public sealed record TakeReserved(int Quantity) : ICommand<IGoodsGrain>;

/// <summary>Makes reserved pieces free again; the reply is how many are free then.</summary>
/// <param name="Quantity">No more than are reserved.</param>
[Command("warehouse.free-reserved")]
public sealed record FreeReserved(int Quantity) : ICommand<IGoodsGrain>;

/// <summary>Asks how many pieces are there.</summary>
[Query("warehouse.get-goods")]
public sealed record GetGoods : IQuery<IGoodsGrain, GoodsView>;

/// <summary>Goods as they look from outside.</summary>
/// <param name="Stored">How many pieces are there.</param>
/// <param name="Reserved">How many of them are kept for somebody.</param>
public sealed record GoodsView(int Stored, int Reserved);
