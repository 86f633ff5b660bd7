using Phoenix.Model;

namespace Shop.Products;

/// <summary>Pieces were taken off the shelf.</summary>
/// <param name="Quantity">How many.</param>
[Event("shop.stock-taken")]
public sealed record StockTaken(int Quantity) : IEvent;
